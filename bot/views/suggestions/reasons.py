"""Reasons: why a customer is worth a visit, in words."""

from datetime import date

from bot.domain.suggestions.coverage import Lean
from bot.domain.suggestions.rules import Why
from bot.views.block_kit import day
from bot.views.suggestions import coverage


def reason(why: Why, on: date | None, today: date, lean: Lean | None = None) -> str:
    """One short sentence without its full stop; `on` and `lean` go with the reason."""
    if lean and why is Why.GAP:
        return coverage.gap(lean)
    if lean and why is Why.DART:
        return coverage.dart(lean)
    last = f", last visited on {day(on, today)}" if on else " whom nobody has visited yet"
    when = day(on or today, today)
    words = {
        Why.DEAL_WON: f"bought on {when}; right after a sale people talk gladly",
        Why.DEAL_LOST: f"decided against us on {when}; ask why while it is fresh",
        Why.ROLL_OUT: f"goes live on {when}; before a roll-out people talk gladly",
        Why.TRADE_SHOW: f"came to us at a trade show on {when}; they remember it for a month",
        Why.SURVEY: f"said “yes, call me” in a survey on {when}",
        Why.HAPPY: f"they were happy on {when}; go and hear something nice",
        Why.REVENUE: f"one of our largest customers{last}",
        Why.POTENTIAL: f"could become one of our largest customers{last}",
        Why.BRAND: f"others look to them; {_lately(on, today)}",
        Why.NEW_MARKET: f"a first step into a new market{last}",
        Why.NEW_GEOGRAPHY: f"a first step into a new country{last}",
        Why.PROSPECT: f"a prospect{last}",
        Why.GONE: f"somebody who chose another product{last}",
        Why.INTERNAL: f"a customer in our own house{last}",
        Why.NEVER_VISITED: "a customer whom nobody has visited yet",
        Why.LONG_AGO: f"nobody has been there for {_span(on, today)}",
    }
    return words[why]


def _lately(on: date | None, today: date) -> str:
    return f"last visited on {day(on, today)}" if on else "nobody has visited them yet"


def _span(on: date | None, today: date) -> str:
    days = (today - on).days if on else 0
    return f"{days // 30} months" if days >= 60 else f"{days} days"
