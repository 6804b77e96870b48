"""The first two weeks: people join, write, plan, and answer what they are asked."""

import io

from bot.operations.imports import files as imports
from tests.forms.form_helpers import press_as
from tests.support.calendar_server import CalendarServer
from tests.transcript import company
from tests.transcript.company import KILN, MILL, POST, STORY, TILES
from tests.transcript.helpers import Weeks, customer, form, found, home, last, press, send, write


def everybody_comes(weeks: Weeks) -> None:
    """Let everyone join; import customers; let an admin describe the market."""
    weeks.recorder.heading("Monday 2 March: everybody comes")
    ada = weeks.add("Ada", admin=True)
    bo, cy = weeks.add("Bo"), weeks.add("Cy", tz="America/New_York")
    eager = [weeks.add(name) for name in ("Dan", "Eve", "Finn", "Gwen")]
    silent = [weeks.add(name) for name in ("Hal", "Ivy", "Jon", "Kim")]
    sam, zoe, gil = weeks.add("Sam"), weeks.add("Zoe"), weeks.add("Gil", guest=True)
    stories = weeks.nihito.slack.add_channel("stories", members=[ada, bo, *eager])
    field = weeks.nihito.slack.add_channel("field", members=[cy])
    away = weeks.nihito.slack.add_channel("away", members=[cy], bot_is_member=False)
    zoe.run("/visit", "next")
    zoe.run("/debrief")
    zoe.run("/visit")
    zoe.run("/visit", "nonsense")
    gil.run("/visit", "join")
    gil.run("/customer", MILL)
    zoe.open_home()
    gil.open_home()
    weeks.join(ada, channel=stories.id, strength="active")
    weeks.join(bo, channel=stories.id)
    form(cy, "/visit", "join")
    send(cy, {"channel": away.id}, wrong=True)
    send(cy, {"channel": field.id, "at": "08:15", "days": ["0", "1", "2", "3"]})
    for each in eager:
        weeks.join(each, interval="7")
    for each in silent:
        weeks.join(each, interval="7", strength="light")
    press(zoe, home(zoe), "home.join")
    zoe.close()
    for command in ("/debrief", "/contact"):
        bo.run(command, "help")
    bo.run("/visit", "help")
    _import(weeks)
    weeks.tick()
    _market(weeks)
    sam.open_home()


def _import(weeks: Weeks) -> None:
    services = weeks.nihito.services
    for kind, text in company.FILES:
        file, now = io.BytesIO(text.encode()), weeks.nihito.clock.at
        report = imports.run(services, weeks.nihito.workspace_id, kind, file, now)
        counts = [report.added, report.changed, report.unchanged]
        bad = [f"line {each.line} {each.column}: {each.expected}" for each in report.bad]
        weeks.recorder.note(f"import {kind}", [counts, bad])


def _market(weeks: Weeks) -> None:
    ada = weeks.people["Ada"]
    press(ada, home(ada), "home.market")
    send(ada, {"region": "North 60"}, wrong=True)
    send(ada, {"region": "North 60\nSouth 40"})
    press(ada, home(ada), "home.coverage")
    ada.close()


def debriefs(weeks: Weeks) -> None:
    """Write debriefs of every kind: left, continued, changed and withdrawn."""
    weeks.recorder.heading("the first debriefs")
    ada, bo, sam = (weeks.people[name] for name in ("Ada", "Bo", "Sam"))
    bo.run("/customer", "")
    bo.run("/customer", "nobody at all")
    bo.run("/customer", MILL)
    view = weeks.debrief(ada, MILL)
    send(ada, {"story": "", "on": "2027-01-01"}, wrong=True)
    parts = ("pain", "promise", "answer", "score", "fellows", "picture")
    write(ada, view, *parts, story=STORY, on="2026-03-02", workaround="They print every order.")
    press(ada, view, "debrief.add_workaround")
    ada.fill({"workaround.2": "They fax the list", "workaround_how_often": "weekly"})
    theme = found(ada, "theme.find", "Exports", -1)
    picture = ada.upload("mill.png", company.PNG, "image/png")
    told = {"pain": "Exports break", "pain_weight": "costly", "pain_theme": theme}
    told |= {"promise": "Send the roadmap.", "promise_on": "2026-03-06", "promise_owner": sam}
    told |= {"answer": "Totals", "answer_said": "Not before summer.", "nps": "6"}
    told |= {"nps_why": "It is slow.", "mood": "mixed", "quote": "We <b>print</b> & type."}
    send(ada, {**told, "fellows": [bo], "picture": [picture], "surprise": "Two printers."})
    press(ada, last(ada, "debrief.change"), "debrief.change")
    send(ada, {"story": f"{STORY} It takes a day.", "mood": "frustrated"})
    _left_and_gone_on(weeks)
    _kinds(weeks)
    weeks.tick()


def _left_and_gone_on(weeks: Weeks) -> None:
    bo, ada = weeks.people["Bo"], weeks.people["Ada"]
    weeks.debrief(bo, POST, story="Half a sto")
    bo.close()
    press(bo, last(bo, "unfinished.go_on"), "unfinished.go_on")
    bo.close()
    view = form(bo, "/debrief", "")
    press(bo, view, "debrief.afresh")
    bo.close(clear_all=True)
    press(bo, last(bo, "unfinished.throw_away"), "unfinished.throw_away")
    form(bo, "/debrief", f"{POST}: They stamp by hand. Each letter.")
    send(bo, {"on": "2026-03-02"})
    weeks.debrief(ada, "Fern Labs", story="They were away.", on="2026-03-01")
    ada.submit({})
    press(ada, last(ada, "debrief.change"), "debrief.change")
    press(ada, ada.view, "debrief.never_held")
    ada.close()
    weeks.debrief(ada, "Fern Labs", story="They were there. I was wrong.", on="2026-03-01")
    ada.submit({})
    press(ada, home(ada), "debrief.change")
    send(ada, {"nps": "5"})
    press(ada, last(ada, "debrief.change", "Fern"), "debrief.change")
    press(ada, ada.view, "debrief.take_back")
    ada.close()
    press_as(weeks.nihito, bo, last(ada, "debrief.change"), "debrief.change", "1")


def _kinds(weeks: Weeks) -> None:
    """Write a loss interview, and a story without a name."""
    bo, cy = weeks.people["Bo"], weeks.people["Cy"]
    view = weeks.debrief(cy, "Larch & Sons", "workaround", story="They chose another. Price.")
    press(cy, view, "debrief.kind", "loss_interview")
    write(cy, view, "deal", decision="lost", reasons=["price", "ease"], competitor="Acme")
    send(cy, {"sharing": "no_name", "minutes": "30", "workaround": "They fax the list"})
    view = weeks.debrief(bo, TILES, "hypothesis", story="They count by feel.", sharing="private")
    believed = found(bo, "hypothesis.find", "They count by feel", -1)
    send(bo, {"hypothesis": believed}, wrong=True)
    send(bo, {"verdict": "supports", "workaround": "Prints all orders to type them in"})
    for number, score in enumerate((10, 9, 3, 8, 10)):
        parts = ("score", "deal") if number == 0 else ("score",)
        weeks.debrief(cy, f"Customer {number}", *parts, story="They wait. A lot.", nps=str(score))
        send(cy, {"sharing": "private", "workaround": f"Waiting with method {number}"})
    press(cy, home(cy), "home.earlier")
    cy.close()


def plans(weeks: Weeks) -> None:
    """Plan visits, change them, prepare them with the sales owner, and put them into a calendar."""
    weeks.recorder.heading("the first plans")
    ada, bo, sam, cy = (weeks.people[name] for name in ("Ada", "Bo", "Sam", "Cy"))
    view = form(ada, "/visit", "plan")
    send(ada, {"on": "2026-02-01"}, wrong=True)
    ada.fill({"customer": customer(ada, KILN), "on": "2026-03-11", "at": "14:00"})
    press(ada, view, "plan.more")
    believed = found(ada, "hypothesis.find", "Half of them print", -1)
    more = {"hypothesis": believed, "criteria": "One order.", "follow_through": "A mail."}
    send(ada, {**more, "goal": "See them print.", "fellows": [bo], "sales_owner": sam})
    planned = last(ada, "planned.change")
    press(ada, planned, "planned.calendar")
    press(ada, planned, "planned.change")
    send(ada, {"at": "15:00", "minutes": "60"})
    press(ada, last(ada, "planned.calendar"), "planned.calendar")
    press(ada, home(ada), "ground_rules.prepare")
    press(ada, ada.view, "ground_rules.ask")
    ada.fill({"agenda": "How they count."})
    press(ada, ada.view, "ground_rules.ask")
    send(ada, {"done": ["drafted"]})
    weeks.tick()
    press(sam, last(sam, "ground_rules.fine"), "ground_rules.fine")
    form(bo, "/visit", "plan")
    send(bo, {"customer": customer(bo, KILN), "on": "2026-03-12"})
    send(bo, {"because": "They asked for it."})
    press(bo, home(bo), "ground_rules.prepare")
    bo.fill({"agenda": "Pack & go."})
    for whom in (bo, weeks.people["Gil"], sam):
        bo.press(bo.view, "ground_rules.ask_one", whom)
    bo.close()
    weeks.tick()
    press(sam, last(sam, "ground_rules.talk"), "ground_rules.talk")
    weeks.nihito.slack.fail("chat.postMessage", "429")
    weeks.tick()
    press(bo, last(bo, "planned.call_off"), "planned.call_off")
    press(bo, last(bo, "planned.call_off"), "planned.call_off")
    form(cy, "/visit", "plan")
    send(cy, {"customer": customer(cy, "Otter Prints"), "on": "2026-03-03", "kind": "phone"})
    press_as(weeks.nihito, bo, last(cy, "planned.change"), "planned.change", "1")


def what_they_are_asked(weeks: Weeks, server: CalendarServer) -> None:
    """Answer prompts, promises, flags, contacts; set quiet hours; change a story after its post."""
    weeks.recorder.heading("the week of 2 March, and the next")
    ada, bo, cy, sam = (weeks.people[name] for name in ("Ada", "Bo", "Cy", "Sam"))
    for person, action in ((ada, "acknowledge"), (bo, "refute")):
        press(person, last(person, f"flag.{action}"), f"flag.{action}")
    weeks.until(1, 17)
    press(cy, last(cy, "flag.snooze"), "flag.snooze", "2")
    weeks.until(2, 17)
    press(cy, last(cy, "prompt.write"), "prompt.write")
    send(cy, {"story": "They print by day. We watched."})
    form(bo, "/contact")
    send(bo, {}, wrong=True)
    send(bo, {"person": found(bo, "contact.person", "Theo"), "channel": "mail", "subject": "Hi"})
    form(bo, "/contact", MILL)
    send(bo, {"person": found(bo, "contact.person", "Ines", -1), "channel": "office_call"})
    weeks.until(4, 17)
    press(sam, last(sam, "promise.put_off"), "promise.put_off")
    press(ada, last(ada, "debrief.change", MILL), "debrief.change")
    send(ada, {"story": "They print no more. We saw it."})
    weeks.tick()
    server.serve(company.CALENDAR)
    form(bo, "/visit", "settings")
    send(bo, {"calendar": "my calendar"}, wrong=True)
    send(bo, {"calendar": server.address(), "country": found(bo, "country.find", "bay")})
    weeks.tick()
    bo.run("/visit", "next")
    form(bo, "/visit", "settings")
    bo.close()
    for words in ("pause until pigs fly", "pause until 10 March", "next", "why", "resume"):
        cy.run("/visit", words)
    cy.change(tz="America/Chicago")
    at = int(weeks.nihito.clock.at.timestamp())
    ada.set_quiet_hours(at, at + 7200)
    ada.change(status_emoji=":palm_tree:", status_expiration=at + 86400)
    weeks.until(11, 17)
    press(sam, last(sam, "promise.kept"), "promise.kept")
    press(ada, last(ada, "prompt.write"), "prompt.not_held")
    server.serve(b"", status=404)
