"""Suggestion reasons: why a customer is worth a visit, in words."""

from datetime import date

from bot.domain.suggestions.coverage import Skew
from bot.domain.suggestions.rules import SuggestionReason
from bot.views.block_kit import format_day
from bot.views.suggestions import coverage


def reason_text(
    why: SuggestionReason, on: date | None, today: date, skew: Skew | None = None
) -> str:
    """Return one short sentence without its full stop; `on` and `skew` go with the reason."""
    if skew and why is SuggestionReason.GAP:
        return coverage.gap_text(skew)
    if skew and why is SuggestionReason.DART:
        return coverage.dart_text(skew)
    last = f", last visited on {format_day(on, today)}" if on else " whom nobody has visited yet"
    when = format_day(on or today, today)
    words = {
        SuggestionReason.DEAL_WON: f"bought on {when}; right after a sale people talk gladly",
        SuggestionReason.DEAL_LOST: f"decided against us on {when}; ask why while it is fresh",
        SuggestionReason.ROLL_OUT: f"goes live on {when}; before a roll-out people talk gladly",
        SuggestionReason.TRADE_SHOW: f"came to us at a trade show on {when}; they "
        f"remember it for a month",
        SuggestionReason.SURVEY: f"said “yes, call me” in a survey on {when}",
        SuggestionReason.HAPPY: f"they were happy on {when}; go and hear something nice",
        SuggestionReason.REVENUE: f"one of our largest customers{last}",
        SuggestionReason.POTENTIAL: f"could become one of our largest customers{last}",
        SuggestionReason.BRAND: f"others look to them; {_last_visit_text(on, today)}",
        SuggestionReason.NEW_MARKET: f"a first step into a new market{last}",
        SuggestionReason.NEW_GEOGRAPHY: f"a first step into a new country{last}",
        SuggestionReason.PROSPECT: f"a prospect{last}",
        SuggestionReason.LOST_OR_CHURNED: f"somebody who chose another product{last}",
        SuggestionReason.INTERNAL: f"a customer in our own house{last}",
        SuggestionReason.NEVER_VISITED: "a customer whom nobody has visited yet",
        SuggestionReason.LONG_AGO: f"nobody has been there for {_span_text(on, today)}",
    }
    return words[why]


def _last_visit_text(on: date | None, today: date) -> str:
    return f"last visited on {format_day(on, today)}" if on else "nobody has visited them yet"


def _span_text(on: date | None, today: date) -> str:
    days = (today - on).days if on else 0
    return f"{days // 30} months" if days >= 60 else f"{days} days"
