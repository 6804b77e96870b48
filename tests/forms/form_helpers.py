"""Helpers for tests of forms: forge what Slack's client would not send, and count rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from bot.db import customers, workspaces
from bot.db.tables.columns import metadata
from bot.domain.customers import Stage
from sandbox.delivery import payloads
from sandbox.delivery.outcome import Outcome
from sandbox.page.reader import Reader
from sandbox.page.rendering import render_blocks
from sandbox.page.surface_state import SurfaceState
from sandbox.person import Person
from sandbox.workspace.elements import find_element
from sandbox.workspace.state import Message, View
from tests.conftest import Nihito
from tests.times import T0

STORY = "They print every order and type it in again. Nobody has told us in six years."
LIVE = "<!channel> <!here> <@U0000001> <#C0000001> <https://example.com|*click*> & @everyone"


def count_rows(nihito: Nihito, *tables: str) -> tuple[int, ...]:
    """Count the rows of each table, over all workspaces."""
    counts = [select(func.count()).select_from(metadata.tables[name]) for name in tables]
    with nihito.services.engine.connect() as connection:
        return tuple(connection.execute(each).scalar_one() for each in counts)


def table_rows(nihito: Nihito, table: str) -> list[Mapping[str, Any]]:
    """Return a table's rows, oldest first."""
    with nihito.services.engine.connect() as connection:
        found = connection.execute(select(metadata.tables[table])).mappings().all()
    return [dict(row) for row in found]


def new_pm(nihito: Nihito, name: str = "Ada", tz: str = "Europe/Berlin", **choices: Any) -> Person:
    """Add a person who joins as a PM."""
    person = nihito.slack.add_user(name, tz=tz)
    nihito.join(person, **choices)
    return person


def new_customer(person: Person, name: str = "Brightwater Mill") -> str:
    """Return the option that adds this customer, made choosable in the open form."""
    offered = person.options("customer.find", name)
    return str(offered[-1]["value"])


def unfold(nihito: Nihito, person: Person, view: View, *parts: str) -> None:
    """Unfold the form of a debrief, and add sections such as "score"."""
    person.press(view, "debrief.more")
    wait_until(nihito, lambda: "quote" in view.state_values)
    for part in parts:
        fields = len(view.state_values)
        person.press(view, f"debrief.add_{part}")
        wait_until(nihito, lambda fields=fields: len(view.state_values) > fields)


def forge(person: Person, block_id: str, **entry: Any) -> None:
    """Put a value into a field of the open form that Slack's client would not allow."""
    assert person.view is not None
    state = person.view.state_values[block_id]
    (action_id,) = state
    state[action_id] = {**state[action_id], **entry}


def forge_option(person: Person, block_id: str, value: str) -> None:
    """Choose an option that was never offered."""
    forge(person, block_id, selected_option={"value": value, "text": _plain(value)})


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def submit(nihito: Nihito, person: Person, view: View) -> Outcome:
    """Submit a form that is below another, or open in another window."""
    slack = nihito.slack
    return Outcome.from_delivery(
        slack.delivery.send(
            "interactive", lambda: payloads.view_submission(slack.workspace, person.user, view)
        )
    )


def typed_value(person: Person, block_id: str) -> Any:
    """Return the value in a field of the open form."""
    assert person.view is not None
    (entry,) = person.view.state_values[block_id].values()
    return next(value for name, value in entry.items() if name != "type")


def errors_shown(person: Person) -> dict[str, str]:
    """Return the errors at the fields of the form, which is still open."""
    assert person.view is not None, "the form was closed"
    return person.view.errors


def render_html(blocks: Sequence[Mapping[str, Any]], nihito: Nihito, person: Person) -> str:
    """Return the HTML of blocks on the sandbox's page, as this person sees them."""
    users = {each.id: each.name for each in nihito.slack.people()}
    zone = ZoneInfo(person.user.tz)
    channels = {each.id: each.name for each in nihito.slack.workspace.channels.values()}
    reader = Reader(person.id, zone, nihito.clock.at, users, channels)
    return str(render_blocks(blocks, SurfaceState("message:C1:1.2", reader)))


def customer_of_other_workspace(nihito: Nihito) -> int:
    """Add a customer to another workspace of the same database; return its id."""
    with nihito.services.transaction("T0ELSEWHERE") as tx:
        workspaces.save(tx, "Elsewhere", "U0", T0)
        return customers.add(tx, "Fern Labs", Stage.CUSTOMER)


def person_of_other_workspace(nihito: Nihito) -> int:
    """Add a person at a customer of another workspace; return the person's id."""
    theirs = customer_of_other_workspace(nihito)
    with nihito.services.transaction("T0ELSEWHERE") as tx:
        return customers.add_person(tx, theirs, "Theo Fern")


def add_namesakes(nihito: Nihito, customer: str, name: str, count: int) -> int:
    """Add a customer with so many people of one name; return its id."""
    with nihito.services.transaction(nihito.workspace_id) as tx:
        added = customers.add(tx, customer, Stage.CUSTOMER)
        for _ in range(count):
            customers.add_person(tx, added, name)
    return added


def choose(view: View, block_id: str, value: str) -> None:
    """Choose one of the options of a form that is below another."""
    (block,) = [each for each in view.payload["blocks"] if each["block_id"] == block_id]
    (chosen,) = [each for each in block["element"]["options"] if each["value"] == value]
    (state,) = view.state_values[block_id].values()
    state["selected_option"] = chosen


def press_as(
    nihito: Nihito,
    person: Person,
    message: Message,
    action: str,
    value: str,
    block_id: str | None = None,
) -> Outcome:
    """Press a button of a message that this person doesn't see."""
    place = find_element(message.blocks, action, block_id)
    act = payloads.action_of(place, {"value": value, "text": _plain(value)})
    slack = nihito.slack
    return Outcome.from_delivery(
        slack.delivery.send(
            "interactive",
            lambda: payloads.message_actions(slack.workspace, person.user, message, act),
        )
    )


def second_press(
    nihito: Nihito,
    person: Person,
    where: Message | View,
    action: str,
    value: str | None,
    block_id: str | None = None,
) -> Callable[[], Outcome]:
    """Build a second press of the same button before anything changes; the result sends it."""
    slack = nihito.slack
    blocks = where.blocks if isinstance(where, Message) else where.payload["blocks"]
    chosen = value and {"value": value, "text": _plain(value)}
    act = payloads.action_of(find_element(blocks, action, block_id), chosen)
    build = payloads.message_actions if isinstance(where, Message) else payloads.view_actions
    payload = build(slack.workspace, person.user, where, act)
    return lambda: Outcome.from_delivery(slack.delivery.send("interactive", lambda: payload))


def wait_until(nihito: Nihito, find: Callable[[], Any]) -> Any:
    """Return what `find` returns once it isn't None."""
    # A change in the database alone notifies no one.
    for _ in range(100):
        found = nihito.slack.workspace.wait_until(lambda: find() or None, 0.05)
        if found is not None:
            return found
    raise AssertionError("it did not come")


def open_over(nihito: Nihito, person: Person, below: View, act: Callable[[], Any]) -> View:
    """Run an act and return the form that it opens over another."""
    act()
    return wait_until(nihito, lambda: person.view if person.view is not below else None)
