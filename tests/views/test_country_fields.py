"""The country whose holidays a PM has: found by typing, read as codes."""

from typing import Any

import pytest

from bot.domain.staff.pms import JoinChoices
from bot.platform import countries as country_names
from bot.views.nudges import away
from bot.views.samples.payloads import submitted
from bot.views.staff import country_field
from bot.views.staff import settings_form as visits
from sandbox.limits import check_options
from tests.times import T0
from tests.views.payloads import shown_text

BAVARIA = ("DE", "BY", "Germany, Bayern")


def form(choices: JoinChoices, name: str = "") -> Any:
    return visits.render_join_form(choices, "Europe/Berlin", name)


def test_the_place_that_is_kept_is_shown_by_its_name_and_comes_back_as_its_codes() -> None:
    view = form(JoinChoices(country="DE", country_part="BY"), "Germany, Bayern")
    assert "Germany, Bayern" in shown_text(view.to_dict())
    choices = visits.parse_join(submitted(view))
    assert (choices.country, choices.country_part) == ("DE", "BY")


def test_none_is_a_choice_and_no_choice_is_none() -> None:
    view = form(JoinChoices(country="DE"), "Germany")
    for chosen in ("none", None):
        choices = visits.parse_join(submitted(view, country=chosen))
        assert (choices.country, choices.country_part) == (None, None)


@pytest.mark.parametrize("forged", ["", "DE/", "de", "DEU", "DE/" + "x" * 33, "GERMANY", "1"])
def test_codes_that_are_none_are_read_as_none(forged: str) -> None:
    view = submitted(form(JoinChoices(country="DE"), "Germany"), country=forged)
    assert visits.parse_join(view).country is None


@pytest.mark.parametrize(("typed", "first"), [("", "None"), ("no", "None"), ("bay", BAVARIA[2])])
def test_none_is_offered_where_it_may_be_meant(typed: str, first: str) -> None:
    offered = country_field.options([BAVARIA], typed)["options"]
    assert offered[0]["text"]["text"] == first


def test_every_place_fits_into_an_option_and_a_list_holds_a_hundred() -> None:
    found = [(each.code, each.part, each.name) for each in country_names.search("", 10_000)]
    for start in range(0, len(found), 99):
        assert check_options(country_field.options(found[start : start + 99], "")) == []
    assert len(country_field.options(found, "")["options"]) == 100


def test_every_place_is_read_as_it_was_offered() -> None:
    view = form(JoinChoices())
    for place in country_names.search("", 10_000):
        (offered,) = country_field.options([(place.code, place.part, place.name)], "x")["options"]
        read = country_field.parse_country(submitted(view, country=offered["value"]))
        assert read == (place.code, place.part)


def test_a_nudge_that_waits_for_nothing_needs_no_reason() -> None:
    assert away.absence_text(None, T0.date(), None, T0.date()) == ""
