"""Survey texts for the people who are asked: the message to copy and the page, by language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.customers import NAME_LENGTH
from bot.domain.notes import first_name
from bot.domain.surveys.rules import Language
from bot.views import block_kit

# French puts one before these marks, where no line may break.
NBSP = "\u00a0"


@dataclass(frozen=True)
class SurveyPageTexts:
    """The texts of the page; `{name}` is the workspace's, `{most}` a number."""

    title: str
    asks: str
    question: str
    least: str
    most: str
    why: str
    if_you_like: str
    call: str
    may_call: str
    known: str
    send: str
    no_score: str
    too_long: str
    again: str
    thanks: str
    arrived: str
    answered: str
    first_counts: str
    expired: str
    could_be_used: str
    not_valid: str
    copy_it_all: str
    slow: str
    in_a_moment: str


@dataclass(frozen=True)
class SurveyInvitation:
    """The message that a PM copies; `{person}` and `{day}` are filled in, link and PM added."""

    greeting: str
    greeting_without_name: str
    question: str
    closing: str


PAGE_TEXTS: Mapping[Language, SurveyPageTexts] = {
    Language.ENGLISH: SurveyPageTexts(
        title="One question",
        asks="A question from {name}",
        question="How likely are you to recommend us to a friend or colleague?",
        least="not at all likely",
        most="extremely likely",
        why="Why?",
        if_you_like="In your own words, if you like.",
        call="May we call you?",
        may_call="Yes, you may call me",
        known="This is not anonymous: {name} sees that the answer is yours.",
        send="Send",
        no_score="Please choose a number from 0 to 10.",
        too_long="Please keep it to {most} characters. Your text is still here.",
        again="This could not be saved just now. Your answer is still here: please send it again.",
        thanks="Thank you",
        arrived="Your answer has reached {name}. You can close this page.",
        answered="Thank you, your answer is here already",
        first_counts="This link works once, and the first answer counts.",
        expired="This link has expired",
        could_be_used="If you would still like to tell us something, reply to the message that it "
        "came in.",
        not_valid="This link does not work",
        copy_it_all="A part of it may be missing. Please copy all of it from the message that it "
        "came in.",
        slow="One moment, please",
        in_a_moment="This page cannot be shown just now. Please try again in a minute.",
    ),
    Language.GERMAN: SurveyPageTexts(
        title="Eine Frage",
        asks="Eine Frage von {name}",
        question="Wie wahrscheinlich ist es, dass Sie uns im Freundes- oder Kollegenkreis "
        "weiterempfehlen?",
        least="sehr unwahrscheinlich",
        most="sehr wahrscheinlich",
        why="Warum?",
        if_you_like="In Ihren eigenen Worten, wenn Sie mögen.",
        call="Dürfen wir Sie anrufen?",
        may_call="Ja, Sie dürfen mich anrufen",
        known="Die Antwort ist nicht anonym: {name} sieht, dass sie von Ihnen kommt.",
        send="Absenden",
        no_score="Bitte wählen Sie eine Zahl von 0 bis 10.",
        too_long="Bitte nicht mehr als {most} Zeichen. Ihr Text ist noch da.",
        again="Das ließ sich gerade nicht speichern. Ihre Antwort ist noch da: Bitte senden Sie "
        "sie noch einmal ab.",
        thanks="Vielen Dank",
        arrived="Ihre Antwort ist bei {name} angekommen. Sie können diese Seite schließen.",
        answered="Vielen Dank, Ihre Antwort ist schon da",
        first_counts="Dieser Link gilt einmal, und es zählt die erste Antwort.",
        expired="Dieser Link ist abgelaufen",
        could_be_used="Wenn Sie uns trotzdem etwas sagen möchten, antworten Sie gern auf die "
        "Nachricht, in der er stand.",
        not_valid="Dieser Link funktioniert nicht",
        copy_it_all="Vielleicht fehlt ein Stück. Bitte kopieren Sie ihn vollständig aus der "
        "Nachricht, in der er stand.",
        slow="Einen Moment, bitte",
        in_a_moment="Diese Seite lässt sich gerade nicht anzeigen. Bitte versuchen Sie es in einer "
        "Minute noch einmal.",
    ),
    Language.SPANISH: SurveyPageTexts(
        title="Una pregunta",
        asks="Una pregunta de {name}",
        question="¿Qué probabilidad hay de que nos recomiende a un amigo o a un colega?",
        least="nada probable",
        most="muy probable",
        why="¿Por qué?",
        if_you_like="Con sus propias palabras, si lo desea.",
        call="¿Podemos llamarle?",
        may_call="Sí, pueden llamarme",
        known="La respuesta no es anónima: {name} verá que es suya.",
        send="Enviar",
        no_score="Por favor, elija un número del 0 al 10.",
        too_long="Por favor, no pase de {most} caracteres. Su texto sigue aquí.",
        again="No se ha podido guardar en este momento. Su respuesta sigue aquí: por favor, "
        "envíela otra vez.",
        thanks="Muchas gracias",
        arrived="Su respuesta ha llegado a {name}. Ya puede cerrar esta página.",
        answered="Muchas gracias, ya tenemos su respuesta",
        first_counts="Este enlace sirve una sola vez y cuenta la primera respuesta.",
        expired="Este enlace ha caducado",
        could_be_used="Si aún desea decirnos algo, responda al mensaje en el que venía.",
        not_valid="Este enlace no funciona",
        copy_it_all="Puede que falte una parte. Por favor, cópielo entero del mensaje en el que "
        "venía.",
        slow="Un momento, por favor",
        in_a_moment="Esta página no se puede mostrar ahora mismo. Por favor, inténtelo de nuevo "
        "dentro de un minuto.",
    ),
    Language.FRENCH: SurveyPageTexts(
        title="Une question",
        asks="Une question de la part de {name}",
        question="Quelle est la probabilité que vous nous recommandiez à un ami ou à un "
        f"collègue{NBSP}?",
        least="pas du tout probable",
        most="très probable",
        why=f"Pourquoi{NBSP}?",
        if_you_like="Avec vos propres mots, si vous le souhaitez.",
        call=f"Pouvons-nous vous appeler{NBSP}?",
        may_call="Oui, vous pouvez m’appeler",
        known=f"Votre réponse n’est pas anonyme{NBSP}: {{name}} verra qu’elle vient de vous.",
        send="Envoyer",
        no_score="Veuillez choisir un nombre de 0 à 10.",
        too_long="Veuillez ne pas dépasser {most} caractères. Votre texte est toujours là.",
        again=f"L’enregistrement n’a pas abouti. Votre réponse est toujours là{NBSP}: veuillez la "
        "renvoyer.",
        thanks="Merci beaucoup",
        arrived="Votre réponse est bien arrivée chez {name}. Vous pouvez fermer cette page.",
        answered="Merci, nous avons déjà votre réponse",
        first_counts="Ce lien ne sert qu’une fois, et c’est la première réponse qui compte.",
        expired="Ce lien a expiré",
        could_be_used="Si vous souhaitez encore nous dire quelque chose, répondez au message dans "
        "lequel il se trouvait.",
        not_valid="Ce lien ne fonctionne pas",
        copy_it_all="Il en manque peut-être une partie. Veuillez le copier en entier depuis le "
        "message dans lequel il se trouvait.",
        slow="Un instant, s’il vous plaît",
        in_a_moment="Cette page ne peut pas s’afficher pour le moment. Veuillez réessayer dans une "
        "minute.",
    ),
}

INVITATIONS: Mapping[Language, SurveyInvitation] = {
    Language.ENGLISH: SurveyInvitation(
        "Dear {person},",
        "Hello,",
        "May I ask you one question? Would you recommend us? It takes a minute. Please say what "
        "you really think: what we could do better helps us most.",
        "The link is for you alone and works once, until {day}. Thank you for your time.",
    ),
    Language.GERMAN: SurveyInvitation(
        "Guten Tag {person},",
        "Guten Tag,",
        "darf ich Ihnen eine Frage stellen? Würden Sie uns weiterempfehlen? Es dauert nur eine "
        "Minute. Antworten Sie bitte ganz offen: Was wir besser machen können, hilft uns am "
        "meisten.",
        "Der Link ist nur für Sie bestimmt und gilt einmal, bis zum {day}. Vielen Dank für Ihre "
        "Zeit.",
    ),
    Language.SPANISH: SurveyInvitation(
        "Buenos días, {person}:",
        "Buenos días:",
        "¿Me permite una pregunta? ¿Nos recomendaría? Le llevará solo un minuto. Por favor, "
        "responda con toda franqueza: lo que más nos ayuda es saber qué podemos hacer mejor.",
        "El enlace es solo para usted y sirve una vez, hasta el {day}. Muchas gracias por su "
        "tiempo.",
    ),
    Language.FRENCH: SurveyInvitation(
        "Bonjour {person},",
        "Bonjour,",
        f"Puis-je vous poser une question{NBSP}? Nous recommanderiez-vous{NBSP}? Cela ne "
        f"prend qu’une "
        f"minute. Répondez en toute franchise{NBSP}: c’est ce que nous pouvons améliorer qui nous "
        "aide le plus.",
        "Ce lien n’est destiné qu’à vous et ne sert qu’une fois, jusqu’au {day}. Merci de votre "
        "temps.",
    ),
}

MONTHS: Mapping[Language, str] = {
    Language.GERMAN: "Januar Februar März April Mai Juni Juli August September Oktober November "
    "Dezember",
    Language.SPANISH: "enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre diciembre",
    Language.FRENCH: "janvier février mars avril mai juin juillet août septembre octobre novembre "
    "décembre",
}


def format_day(on: date, language: Language) -> str:
    """Format a date with its year, as people write it."""
    if language is Language.ENGLISH:
        return f"{on.day} {block_kit.MONTHS[on.month - 1]} {on.year}"
    month = MONTHS[language].split()[on.month - 1]
    if language is Language.GERMAN:
        return f"{on.day}. {month} {on.year}"
    if language is Language.SPANISH:
        return f"{on.day} de {month} de {on.year}"
    return f"{'1er' if on.day == 1 else on.day} {month} {on.year}"


def format_number(count: int, language: Language) -> str:
    """Format a number of four digits, as people write it."""
    separators = {
        Language.ENGLISH: ",",
        Language.GERMAN: ".",
        Language.SPANISH: "",
        Language.FRENCH: NBSP,
    }
    return f"{count:,}".replace(",", separators[language])


def invitation_text(language: Language, person: str, pm: str, link: str, last_day: date) -> str:
    """Return the message to copy; `last_day` is the last one of the link, names "" if unknown."""
    invitation = INVITATIONS[language]
    # Languages with a formal "you" don't greet people by their first name.
    addressee = first_name(person) if language is Language.ENGLISH else person
    name = block_kit.one_line(addressee, NAME_LENGTH) if addressee.strip() else ""
    lines = [
        invitation.greeting.format(person=name) if name else invitation.greeting_without_name,
        invitation.question,
        link,
        invitation.closing.format(day=format_day(last_day, language)),
        block_kit.one_line(pm, NAME_LENGTH) if pm.strip() else "",
    ]
    return "\n\n".join(each for each in lines if each)
