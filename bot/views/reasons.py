"""Reasons: why a customer is worth a visit, in words."""

from datetime import date

from bot.domain.suggestions import Why
from bot.views.kit import day


def reason(why: Why, on: date | None, today: date) -> str:
    """One short sentence without its full stop; `on` is the date that goes with the reason."""
    last = f", last visited on {day(on, today)}" if on else " whom nobody has visited yet"
    when = day(on or today, today)
    words = {
        Why.DEAL_WON: f"bought on {when}; right after a sale people talk gladly",
        Why.DEAL_LOST: f"decided against us on {when}; ask why while it is fresh",
        Why.ROLL_OUT: f"goes live on {when}; before a roll-out people talk gladly",
        Why.PROSPECT: f"a prospect{last}",
        Why.GONE: f"somebody who chose another product{last}",
        Why.INTERNAL: f"a customer in our own house{last}",
        Why.NEVER_VISITED: "a customer whom nobody has visited yet",
        Why.LONG_AGO: f"nobody has been there for {_span(on, today)}",
    }
    return words[why]


def _span(on: date | None, today: date) -> str:
    days = (today - on).days if on else 0
    return f"{days // 30} months" if days >= 60 else f"{days} days"
