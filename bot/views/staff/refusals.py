"""Access: polite words for those who are turned away, and for what went wrong."""

from collections.abc import Mapping

from bot.domain.staff.access import Refusal
from bot.views import block_kit as kit

MANY = 40

REFUSALS: Mapping[Refusal, str] = {
    Refusal.GUEST: "Sorry, Nihito is for full members of this workspace.",
    Refusal.OTHER_ORGANISATION: "Sorry, Nihito is for the people of the company that runs it.",
    Refusal.DEACTIVATED: "Sorry, this account is no longer active.",
    Refusal.BOT: "Sorry, Nihito only talks to people.",
    Refusal.NOT_A_PM: "This is for people who have joined. /visit join takes one press.",
    Refusal.NOT_A_LEAD: "Sorry, this is for leads of a team.",
    Refusal.NOT_AN_ADMIN: "Sorry, this is for admins of this workspace.",
}


def refused(refusal: Refusal) -> str:
    """One polite sentence for somebody turned away."""
    return REFUSALS[refusal]


def went_wrong(reference: str) -> str:
    """What somebody is told when something broke; `reference` finds it in the log."""
    return (
        "Something went wrong on my side, sorry. Please try again. "
        f"If it keeps happening, give {reference} to whoever runs Nihito."
    )


def command_failed(reference: str, typed: str) -> kit.Message:
    """The same to a command; words too many to be typed once more are given back."""
    back = [kit.rich(kit.quote(kit.head(typed, 2900)))] if len(typed) > MANY else []
    return kit.say(went_wrong(reference), below=back)


def unknown_command(command: str) -> str:
    """What a slash command answers to words that it does not know; `command` as "/visit"."""
    return f"I do not know that one. {command} help shows what you can ask for."


def one_moment() -> str:
    """What somebody new is told whose form comes before it is known who they are."""
    return "I am just finding out who you are. Please press once more; your text is still here."


def too_late() -> str:
    """What somebody is told whose form could not be opened in Slack's three seconds."""
    return "Slack gave up waiting for the form, sorry. Please try again; nothing is lost."


def slack_away() -> str:
    """What somebody is told when Slack did not show what it was given."""
    return (
        "Slack did not show my answer, sorry. What you saved is kept; "
        "if you were waiting for a form, please try again."
    )
