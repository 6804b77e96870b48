"""Insert contacts of made-up people at the first customers, in bulk."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from bot.db.engine import Tx
from bot.db.tables.contacts import contacts
from bot.db.tables.customers import customers, people
from bot.domain.contacts.traits import Channel

AT_ONCE = 5_000
MANY = (*(6 * (Channel.MAIL,)), *(4 * (Channel.CELL_CALL,)))
FEW = 4 * (Channel.MAIL,)


def add_contacts(tx: Tx, count: int, great_every: int, now: datetime) -> None:
    """Add a person at each of so many customers, who got in touch during the last four weeks.

    Every `great_every`th shows two traits.
    """
    ids = list(tx.run(tx.select(customers, customers.c.id).limit(count)).scalars())
    known = {"workspace_id": tx.workspace_id, "name": "A made-up person", "has_cell": True}
    for start in range(0, len(ids), AT_ONCE):
        tx.run(
            insert(people), [{**known, "customer_id": id} for id in ids[start : start + AT_ONCE]]
        )
    rows = _contacts(tx, great_every, now)
    while chunk := list(islice(rows, AT_ONCE)):
        tx.run(insert(contacts), chunk)


def _contacts(tx: Tx, great_every: int, now: datetime) -> Iterator[dict[str, Any]]:
    known = tx.run(tx.select(people, people.c.id, people.c.customer_id)).all()
    for place, person in enumerate(known):
        for number, channel in enumerate(FEW if place % great_every else MANY):
            yield {
                "workspace_id": tx.workspace_id,
                "source": "benchmark",
                "source_id": f"{person.id}-{number}",
                "at": now - timedelta(hours=1 + 60 * number, minutes=place % 60),
                "channel": channel,
                "person_id": person.id,
                "customer_id": person.customer_id,
                "to_support": False,
                "subject": "A made-up subject",
                "thread": "",
            }
