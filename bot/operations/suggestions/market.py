"""Read and save the mix of visits that a workspace wants."""

from bot.db.suggestions import coverage
from bot.domain.customers import name_key
from bot.domain.staff.access import Actor
from bot.domain.suggestions.coverage import Market, MarketFacts
from bot.services import Services


def get_facts(services: Services, actor: Actor) -> MarketFacts:
    """Return the customers there are, and what the workspace says its market is."""
    with services.reading(actor.workspace_id) as tx:
        return MarketFacts(coverage.get_market(tx), coverage.get_mix(tx))


def save(services: Services, actor: Actor, market: Market) -> None:
    """Save what the workspace says its market is; names are spelt as customers have them."""
    with services.transaction(actor.workspace_id) as tx:
        # Of two admins at once the second waits: otherwise what both wrote would be saved together.
        tx.advisory_lock("market")
        customer_counts = coverage.get_market(tx)
        spellings = {
            dimension: {name_key(value): value for value in values}
            for dimension, values in customer_counts.items()
        }
        coverage.set_mix(
            tx,
            {
                dimension: {
                    spellings[dimension].get(name_key(value), value): percent
                    for value, percent in shares.items()
                }
                for dimension, shares in market.items()
            },
        )
