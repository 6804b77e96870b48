"""The weeks after: nudges, workarounds, hypotheses, surveys, silence, and unavailable channels."""

from tests.forms.form_helpers import press_as
from tests.requests.raw_http import FORM, ask
from tests.transcript.company import KILN, MILL, URL
from tests.transcript.helpers import (
    Weeks,
    customer,
    form,
    found,
    home,
    last,
    over,
    press,
    send,
    write,
)


def nudges(weeks: Weeks) -> None:
    """Answer nudges in all possible ways."""
    weeks.recorder.heading("the week of 16 March")
    ada, bo, cy, dan = (weeks.people[name] for name in ("Ada", "Bo", "Cy", "Dan"))
    weeks.until(14, 12)
    for person in (ada, bo, cy, dan):
        person.run("/visit", "why")
    told = last(dan, "nudge.someone_else")
    press(dan, told, "nudge.someone_else")
    press(dan, told, "nudge.not_this_one", "not_mine")
    press(dan, told, "nudge.not_this_one", "asked_not_to")
    press(dan, told, "nudge.snooze", "tomorrow")
    dan.run("/visit", "snooze 3 days")
    press_as(weeks.nihito, bo, told, "nudge.been", "been")
    eve = weeks.people["Eve"]
    press(eve, last(eve, "nudge.plan"), "nudge.plan")
    send(eve, {"on": "2026-03-20", "kind": "on_site", "at": "10:00"})
    finn = weeks.people["Finn"]
    press(finn, last(finn, "nudge.barrier"), "nudge.barrier", "no_time")
    gwen = weeks.people["Gwen"]
    press(gwen, last(gwen, "nudge.been"), "nudge.been")
    hal = weeks.people["Hal"]
    write(gwen, gwen.view, "fellows", story="They seal. By hand.", fellows=[hal])
    send(gwen, {"customer": customer(gwen, "Seal Works")})
    weeks.tick()
    weeks.until(15, 17)
    told = last(finn, "nudge.snooze")
    press(finn, told, "nudge.snooze", "date")
    send(finn, {"on": "2026-03-23"})
    weeks.until(19, 12)


def workarounds_and_hypotheses(weeks: Weeks) -> None:
    """Merge workarounds, fix them and tell customers; add and close hypotheses."""
    weeks.recorder.heading("the week of 23 March: workarounds and hypotheses")
    weeks.until(21, 12)
    ada, bo, cy = (weeks.people[name] for name in ("Ada", "Bo", "Cy"))
    press(ada, home(ada), "home.workarounds")
    below = ada.view
    assert below
    ada.submit({"words": "print"})
    over(ada, below, "workaround.change")
    send(ada, {"state": "fixed"}, wrong=True)
    send(ada, {"same": found(ada, "workaround.same", "fax"), "state": "fixed", "release": "4.2"})
    ada.close()
    weeks.tick()
    press(ada, last(ada, "fix.told"), "fix.told")
    press(cy, home(cy), "home.workarounds")
    over(cy, cy.view, "workaround.change", nth=1)
    send(cy, {"state": "fixed", "release": "4.3"})
    cy.close()
    weeks.until(22, 12)
    press(ada, home(ada), "home.workarounds")
    over(ada, ada.view, "workaround.change")
    send(ada, {"state": "planned", "release": "5"})
    ada.close()
    press(ada, home(ada), "home.hypotheses")
    below = ada.view
    assert below
    over(ada, below, "hypothesis.state")
    send(ada, {"belief": "They count by hand.", "measure": "Three of five."})
    over(ada, below, "hypothesis.look")
    send(ada, {"settled": "confirmed"})
    ada.close()
    press(bo, home(bo), "home.hypotheses")
    over(bo, bo.view, "hypothesis.look")
    bo.close(clear_all=True)
    _surveys(weeks)
    _closings(weeks)
    cy.run("/visit", "next")


def _surveys(weeks: Weeks) -> None:
    """Send a survey to a person at a customer, and answer it."""
    ada, bo, recorder = weeks.people["Ada"], weeks.people["Bo"], weeks.recorder
    for person, language in ((ada, "en"), (bo, "de")):
        person.run("/customer", MILL)
        press(person, last(person, "survey.open"), "survey.open")
        mara = found(person, "survey.person", "Mara")
        if person is bo:
            send(bo, {"person": mara}, wrong=True)
            mara = found(bo, "survey.person", "Ines Kolb", -1)
        send(person, {"person": mara, "language": language})
    linked = next(each for each in reversed(ada.messages()) if f"{URL}/survey/" in str(each.blocks))
    path = "/survey/" + str(linked.blocks).partition(f"{URL}/survey/")[2][:66]
    for method, body in (("GET", b""), ("POST", b"score=4&why=It+is+slow&may_call=yes")):
        status, page = ask(weeks.nihito.url, method, path, body, {"Content-Type": FORM})
        recorder.note(f"page {method} {status}", page.decode())
    weeks.tick()
    bo.run("/customer", MILL)


def _closings(weeks: Weeks) -> None:
    """Close a customer to visits, and open it again."""
    ada, bo = weeks.people["Ada"], weeks.people["Bo"]
    ada.run("/customer", "Otter Prints")
    press(ada, last(ada, "customer.close"), "customer.close")
    send(ada, {"because": None}, wrong=True)
    send(ada, {"why": "opted_out", "because": "They said so."})
    form(bo, "/visit", "plan")
    send(bo, {"customer": customer(bo, "Otter"), "on": "2026-04-20"}, wrong=True)
    bo.close()
    ada.run("/customer", "Otter Prints")
    press(ada, last(ada, "customer.close"), "customer.close")
    send(ada, {"why": "free"})


def silence(weeks: Weeks) -> None:
    """Ask a PM who never answers the one question; let Slack fail."""
    weeks.recorder.heading("the weeks of 30 March and 6 April")
    slack, cy = weeks.nihito.slack, weeks.people["Cy"]
    weeks.until(27, 17)
    slack.fail("chat.postMessage", "500 after", times=None)
    weeks.until(28, 9, 31)
    slack.clear_faults()
    weeks.until(35, 17)
    late = last(cy, "fix.told")
    press(cy, late, "fix.told")
    weeks.until(36, 17)
    answers = {"Dan": "keep_going", "Ivy": "less_often", "Jon": "later", "Kim": "stop"}
    for name, action in answers.items():
        person = weeks.people[name]
        press(person, last(person, f"question.{action}"), f"question.{action}")
    send(weeks.people["Jon"], {"on": "2026-06-01"})
    send(weeks.people["Kim"], {"why": "boss"})
    _from_message(weeks)
    _settings(weeks)


def _from_message(weeks: Weeks) -> None:
    """Make a quote of a message in a channel."""
    ada, stories = weeks.people["Ada"], weeks.channel("stories")
    said = ada.say(stories, "We & they print it, <@U0000002> saw it.")
    ada.shortcut("debrief.from_message", message=said)
    send(ada, {"customer": customer(ada, KILN), "story": "They print it. All of it."})


def _settings(weeks: Weeks) -> None:
    """Set defaults for a team and for all; let a person leave, and lose a channel."""
    ada, cy = weeks.people["Ada"], weeks.people["Cy"]
    view = form(ada, "/visit", "settings")
    ids = {each["block_id"].partition(":")[0]: each["block_id"] for each in view.payload["blocks"]}
    send(ada, {ids["workspace_interval"]: "30", "at": "10:00"})
    press(ada, home(ada), "home.settings")
    ada.close()
    press(ada, home(ada), "home.plan")
    ada.close()
    press(ada, home(ada), "home.debrief")
    ada.close()
    cy.run("/visit", "leave")
    cy.run("/visit", "next")
    weeks.channel("stories").archived = True


def notes(weeks: Weeks) -> None:
    """Offer notes that ask for nothing, and lose a channel for good."""
    weeks.recorder.heading("the week of 13 April")
    weeks.until(43, 17)
    ada, bo = weeks.people["Ada"], weeks.people["Bo"]
    for person, action in ((bo, "somebody_else"), (ada, "sent"), (bo, "no_more")):
        press(person, last(person, f"note.{action}"), f"note.{action}")
    weeks.until(46, 17)
    for person in (ada, bo):
        person.run("/visit", "why")
        person.open_home()
