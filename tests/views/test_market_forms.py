"""The form of a market: typed values come back, and invalid ones get an error at their field."""

import pytest

from bot.domain.customers import Stage
from bot.domain.suggestions.coverage import Dimension, MarketFacts
from bot.views.block_kit import FormError
from bot.views.samples.payloads import submitted
from bot.views.suggestions import market_form

NOTHING = MarketFacts({}, {})
MIX = {
    Dimension.STAGE: {Stage.PROSPECT: 50, Stage.CHURNED: 30, Stage.CUSTOMER: 20},
    Dimension.REGION: {"North 4": 60, "São Paulo": 40},
}


def read(**typed: str) -> object:
    return market_form.parse_market(submitted(market_form.render_form(NOTHING), **typed))


def fault(**typed: str) -> dict[str, str]:
    with pytest.raises(FormError) as found:
        read(**typed)
    return found.value.errors


def test_a_mix_comes_back_as_it_was_set() -> None:
    assert market_form.parse_market(submitted(market_form.render_form(MarketFacts({}, MIX)))) == MIX


def test_an_empty_form_follows_the_list_of_customers() -> None:
    assert read() == {}


@pytest.mark.parametrize("typed", ["North 40\nSouth 60", "North: 40 %\n\n South = 60%  "])
def test_shares_are_read_however_they_are_written(typed: str) -> None:
    assert read(region=typed) == {Dimension.REGION: {"North": 40, "South": 60}}


def test_stages_are_read_in_the_words_that_people_use() -> None:
    typed = "prospects 40\nCustomers 30\nlost prospects 20\nformer ones 10"
    assert read(stage=typed) == {
        Dimension.STAGE: {
            Stage.PROSPECT: 40,
            Stage.CUSTOMER: 30,
            Stage.LOST: 20,
            Stage.CHURNED: 10,
        }
    }


def test_a_share_of_nothing_is_left_out() -> None:
    assert read(size="small 100\nlarge 0") == {Dimension.SIZE: {"small": 100}}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("North", "I cannot read “North”. Write it so: North 40."),
        ("North 40\nSouth 40", "These add up to 80. Make it 100, or leave the field empty."),
        ("North 0", "These add up to 0. Make it 100, or leave the field empty."),
        ("North 50\nnorth 50", "One of them stands there twice. Write each once."),
        ("x" * 101 + " 100", f"I cannot read “{'x' * 39}…”. Write it so: North 40."),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(typed: str, sentence: str) -> None:
    assert fault(region=typed, size="small 100") == {Dimension.REGION: sentence}


def test_a_stage_that_does_not_exist_is_said_to_be_none() -> None:
    assert fault(stage="friends 100")[Dimension.STAGE].startswith("“friends” is not a stage.")


def test_each_field_tells_how_customers_are_now() -> None:
    counted = {Dimension.REGION: {"North": 30, "South": 10}, Dimension.STAGE: {Stage.LOST: 5}}
    shown = str(market_form.render_form(MarketFacts(counted, {})).to_dict())
    assert "Your list of customers: North 75 %, South 25 %." in shown
    assert "Your list of customers: Lost 100 %." in shown
