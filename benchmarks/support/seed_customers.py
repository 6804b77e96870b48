"""Insert a made-up market of customers, some of them visited, in bulk."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import insert

from bot.db.engine import Tx
from bot.db.tables.customers import customers, deals
from bot.domain.customers import Stage

SEED = 20260303
AT_ONCE = 5_000
STAGES = (*(5 * (Stage.PROSPECT,)), *(4 * (Stage.CUSTOMER,)), Stage.LOST, Stage.CHURNED)
REGIONS = ("North", "South", "East", "West", "Isles")
SEGMENTS = ("paper", "tiles", "bread", "boats")
SIZES = ("small", "small", "middle", "large")
# One in so many has been visited, is a brand, has a deal.
VISITED, BRANDS, DEALS = 10, 50, 200


def add_customers(tx: Tx, count: int, today: date) -> None:
    """Add so many customers: of all stages, one in ten visited in the last two years."""
    random = Random(SEED)
    rows = (_customer(tx, number, today, random) for number in range(count))
    while chunk := list(islice(rows, AT_ONCE)):
        tx.run(insert(customers), chunk)
    tx.run(insert(deals), list(_deals(tx, today, random)))


def _customer(tx: Tx, number: int, today: date, random: Random) -> dict[str, Any]:
    visited = number % VISITED == 0
    return {
        "workspace_id": tx.workspace_id,
        "name": f"Made-up Works {number}",
        "name_key": f"made-up works {number}",
        "stage": random.choice(STAGES),
        "region": random.choice(REGIONS),
        "segment": random.choice(SEGMENTS),
        "size": random.choice(SIZES),
        "revenue": random.randrange(1, 1_000_000) if random.random() < 0.5 else None,
        "potential": random.randrange(1, 1_000_000) if random.random() < 0.5 else None,
        "brand": random.randrange(BRANDS) == 0,
        "new_market": random.randrange(BRANDS) == 0,
        "new_geography": False,
        "last_visit_on": today - timedelta(days=random.randrange(1, 730)) if visited else None,
    }


def _deals(tx: Tx, today: date, random: Random) -> Iterator[dict[str, Any]]:
    for id in tx.run(tx.select(customers, customers.c.id).where(customers.c.id % DEALS == 0)):
        yield {
            "workspace_id": tx.workspace_id,
            "customer_id": id[0],
            "outcome": random.choice(("won", "lost")),
            "closed_on": today - timedelta(days=random.randrange(60)),
            "go_live_on": None,
        }
