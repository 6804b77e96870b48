"""The week after the transcript's: what is under way, so that every table has rows."""

import io
from datetime import timedelta

from bot.db import inbox
from bot.db.inbox import InboxPayload
from bot.operations.imports import files as imports
from bot.operations.outbox import leases
from bot.operations.outbox.leases import DeliveryRun
from sandbox.person import Person
from tests.transcript import company
from tests.transcript.company import KILN, MILL, POST, TILES
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

CONTACTS = "source,source_id,occurred_at,channel,person_email,customer,staff_email\n" + "".join(
    f"book,april-{sender}-{way}-{day},2026-04-{day}T10:00Z,{way},{sender},,{owner}\n"
    for sender, owner in company.SENDERS[:2]
    for way in ("mail", "cell_call")
    for day in range(13, 20)
)
VISITS = """\
customer,pm_email,kind,date,minutes,summary
Seal Works,hal@example.com,on_site,2026-04-17,60,They seal by hand.
"""
CUSTOMERS = """\
name,domain,stage,country
Fjord Mills,fjord.example,prospect,Norway
"""
EVENT = {"type": "user_change", "user": {"id": "U0000005", "name": "eve", "deleted": False}}


def leave_half_done(weeks: Weeks) -> None:
    """Leave flags open, debriefs half written, customers claimed and messages on their way."""
    weeks.until(48, 17)
    files(weeks)
    customers(weeks)
    workarounds(weeks)
    people(weeks)
    drafts(weeks)
    failures(weeks)
    claims(weeks)
    messages(weeks)


def files(weeks: Weeks) -> None:
    """Import contacts that raise flags again, a visit that answers a nudge, and a customer."""
    services, now = weeks.nihito.services, weeks.nihito.clock.at
    for kind, text in (("contacts", CONTACTS), ("visits", VISITS), ("customers", CUSTOMERS)):
        file = io.BytesIO(text.encode())
        assert not imports.run(services, weeks.nihito.workspace_id, kind, file, now).bad
    weeks.tick()


def customers(weeks: Weeks) -> None:
    """Promise something, and close a customer to visits."""
    ada, bo = weeks.people["Ada"], weeks.people["Bo"]
    view = weeks.debrief(bo, TILES, "promise", story="They stack tiles. By colour.")
    write(bo, view, promise="A list by colour.", promise_on="2026-05-04", promise_owner=ada)
    send(bo)
    ada.run("/customer", "Otter Prints")
    press(ada, last(ada, "customer.close"), "customer.close")
    send(ada, {"why": "opted_out", "because": "They asked us to."})


def workarounds(weeks: Weeks) -> None:
    """Split a merged workaround, and reopen a fixed one whose customers were told."""
    ada, cy = weeks.people["Ada"], weeks.people["Cy"]
    press(ada, home(ada), "home.workarounds")
    view = over(ada, ada.view, "workaround.change")
    split = next(block for block in view.payload["blocks"] if block["block_id"] == "apart")
    send(ada, {"apart": [split["element"]["options"][0]["value"]], "release": "4.4"})
    ada.close()
    weeks.join(cy, channel=weeks.channel("field").id)
    press(cy, home(cy), "home.workarounds")
    below = cy.view
    assert below
    cy.submit({"words": "method 3"})
    over(cy, below, "workaround.change")
    send(cy, {"state": "planned", "release": "6"})
    cy.close()
    weeks.tick()


def people(weeks: Weeks) -> None:
    """Pause one PM, send another on vacation, and give a team a default."""
    weeks.people["Finn"].run("/visit", "pause until 1 June")
    at = int((weeks.nihito.clock.at + timedelta(days=9)).timestamp())
    weeks.people["Dan"].change(status_emoji=":palm_tree:", status_expiration=at)
    ada = weeks.people["Ada"]
    news = weeks.nihito.slack.add_channel("news", members=[ada])
    form(ada, "/visit", "settings")
    send(ada, {"channel": news.id})
    view = form(ada, "/visit", "settings")
    names = [each["block_id"] for each in view.payload["blocks"]]
    send(ada, {next(each for each in names if each.startswith("team_interval")): "14"})
    weeks.tick()


def drafts(weeks: Weeks) -> None:
    """Leave a debrief with every field, one of a nudge, one of a visit, and a changed one."""
    ada, bo, eve = (weeks.people[name] for name in ("Ada", "Bo", "Eve"))
    parts = ("pain", "promise", "answer", "hypothesis", "score", "deal", "fellows", "picture")
    view = weeks.debrief(ada, MILL, *parts, story="They print, & <we> watched. 20 % more.")
    press(ada, view, "debrief.add_workaround")
    ada.fill(_every_field(ada, bo))
    ada.close()
    press(ada, home(ada), "debrief.change")
    ada.fill({"story": "They print it. All of it, twice.", "quote": "Twice!"})
    ada.close()
    press(eve, last(eve, "nudge.been"), "nudge.been")
    eve.fill({"story": "They wait for the"})
    eve.close()
    form(bo, "/visit", "plan")
    send(bo, {"customer": customer(bo, POST), "on": "2026-04-20", "kind": "video"})
    weeks.until(49, 14, 30)
    press(bo, last(bo, "prompt.write"), "prompt.write")
    bo.fill({"story": "They stamp by"})
    bo.close()


def _every_field(ada: Person, bo: Person) -> dict[str, object]:
    pain = {"pain": "Exports break.", "pain_weight": "costly"}
    pain["pain_theme"] = found(ada, "theme.find", "Exports")
    promise = {"promise": "A new export.", "promise_on": "2026-05-11", "promise_owner": bo}
    answer = {"answer": "Totals", "answer_said": "Soon."}
    tested = {"hypothesis": found(ada, "hypothesis.find", "Half"), "verdict": "supports"}
    score = {"mood": "mixed", "nps": "7", "nps_why": "Faster now."}
    deal = {"decision": "won", "reasons": ["price", "ease"], "competitor": "Acme"}
    ways = {"workaround": "They print it.", "workaround_why": "No totals."}
    ways |= {"workaround_how_often": "weekly", "workaround.2": "They fax the list"}
    rest = {"on": "2026-04-17", "kind": "phone", "minutes": "60", "sharing": "no_name"}
    rest |= {"quote": "We “print” & type.", "surprise": "Three printers."}
    picture = ada.upload("mill.png", company.PNG, "image/png")
    chosen = {"fellows": [bo], "picture": [picture]}
    # A list of people is saved with the field that is filled in after it.
    return {**chosen, **pain, **promise, **answer, **tested, **score, **deal, **ways, **rest}


def failures(weeks: Weeks) -> None:
    """Let Slack fail, leaving open whether it has posted a message or not."""
    weeks.nihito.slack.fail("chat.postMessage", "500 after", times=None)
    weeks.until(56, 9, 31)
    weeks.nihito.slack.clear_faults()


def claims(weeks: Weeks) -> None:
    """Claim a suggested customer and leave the form open."""
    gwen = weeks.people["Gwen"]
    press(gwen, last(gwen, "nudge.plan"), "nudge.plan")
    gwen.close()


def messages(weeks: Weeks) -> None:
    """Leave messages that are being sent, one that waits, and an event that was not processed."""
    nihito, hal = weeks.nihito, weeks.people["Hal"]
    services, now = nihito.services, nihito.clock.at + timedelta(minutes=20)
    assert leases.claim(DeliveryRun(services, now, nihito.clock.at))
    view = weeks.debrief(hal, KILN, "promise", story="They fire at night. Power is cheaper.")
    write(hal, view, promise="A timer.", promise_on="2026-05-11", promise_owner=weeks.people["Ada"])
    send(hal)
    event = InboxPayload("event:Ev9000001", "event", {"event": EVENT})
    with services.transaction(nihito.workspace_id) as tx:
        inbox.add(tx, [event], nihito.clock.at, nihito.clock.at)
