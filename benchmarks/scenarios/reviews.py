"""The hourly review of flags, of very many customers in touch."""

from benchmarks.scenarios.scenario import Load, Scenario
from benchmarks.support import seed_contacts
from bot.operations.contacts import flags

IN_TOUCH, GREAT_EVERY = 20_000, 20


def prepare(load: Load) -> None:
    """Add contacts of the last four weeks; one customer in twenty shows two traits."""
    with load.services.transaction(load.workspace_id) as tx:
        now, count = load.services.clock.now(), load.count or IN_TOUCH
        seed_contacts.add_contacts(tx, count, GREAT_EVERY, now)


def run(load: Load) -> int:
    """Review all; return how many customers were in touch."""
    flags.review_all(load.services, load.workspace_id, load.services.clock.now())
    return load.count or IN_TOUCH


SCENARIOS = (Scenario("review", "customers reviewed", prepare, run),)
