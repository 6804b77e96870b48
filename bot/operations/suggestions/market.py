"""Markets: the mix of visits that a workspace wants."""

from bot.db.suggestions import coverage
from bot.domain.customers import name_key
from bot.domain.staff.access import Actor
from bot.domain.suggestions.coverage import Market
from bot.services import Services
from bot.views.suggestions.market_form import MarketFacts


def facts(services: Services, actor: Actor) -> MarketFacts:
    """What customers there are, and what the workspace says its market is."""
    with services.reading(actor.workspace_id) as tx:
        return MarketFacts(coverage.market(tx), coverage.mix(tx))


def save(services: Services, actor: Actor, said: Market) -> None:
    """The workspace says anew what its market is; names are spelt as customers have them."""
    with services.transaction(actor.workspace_id) as tx:
        # Of two admins at once the second waits: what both wrote would stand there together.
        tx.one_at_a_time("market")
        counted = coverage.market(tx)
        spelt = {
            aspect: {name_key(sort): sort for sort in sorts} for aspect, sorts in counted.items()
        }
        coverage.set_mix(
            tx,
            {
                aspect: {
                    spelt[aspect].get(name_key(sort), sort): percent
                    for sort, percent in shares.items()
                }
                for aspect, shares in said.items()
            },
        )
