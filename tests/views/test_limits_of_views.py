"""Whatever people type, Slack accepts the views, and nothing in them is live."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.contacts import form as contacts
from bot.views.customers import fields as customers
from bot.views.hypotheses import fields as hypotheses
from bot.views.samples.registry import samples
from bot.views.samples.sample import ORDINARY, Sample, SampleData, Surface
from sandbox.limits import check_message, check_options, check_view

HOSTILE = "<!channel> <@U123> <#C1> *b* & < > <https://example.com|x> @here :tada: `c` _i_ "
LONG = "Donaudampfschifffahrtsgesellschaft "
WIDE = "👩‍🚀"
ESCAPED = re.compile(r"&(amp|lt|gt);")


def problems(data: SampleData) -> Mapping[str, Any]:
    """Return what Slack would refuse, by the name of the sample."""
    found = {sample.name: refusals(sample) for sample in samples(data)}
    return {name: wrong for name, wrong in found.items() if wrong}


def refusals(sample: Sample) -> Any:
    shown = sample.payload
    match sample.surface:
        case Surface.MESSAGE:
            return check_message(shown["blocks"], shown["text"])
        case Surface.MODAL | Surface.HOME:
            return check_view(shown)
        case Surface.OPTIONS:
            return check_options(shown)
    return []


def built(text: str, size: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what is shown in blocks."""
    for sample in samples(SampleData(text, size)):
        if "blocks" in sample.payload:
            yield sample.name, sample.payload


def objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from objects(each)


def bare(text: str) -> str:
    """Return what is left of escaped text that Slack could still read as markup or as an entity."""
    return "".join(re.findall("[<>&]", ESCAPED.sub("", text)))


def test_slack_takes_ordinary_data() -> None:
    assert problems(ORDINARY) == {}


@pytest.mark.parametrize("text", [HOSTILE, LONG, WIDE, "x", "&", "\n", "a b "])
@pytest.mark.parametrize("size", [0, 3, 120])
def test_slack_takes_the_longest_data_that_the_columns_hold(text: str, size: int) -> None:
    assert problems(SampleData(text, size)) == {}


@settings(max_examples=20, deadline=None)
@given(text=st.text(max_size=60), size=st.integers(0, 12))
def test_slack_takes_whatever_people_write(text: str, size: int) -> None:
    assert problems(SampleData(text, size)) == {}


@settings(max_examples=20, deadline=None)
@given(text=st.text(alphabet="<>&!@#|U1a \n", max_size=40))
def test_no_markup_of_other_peoples_is_live(text: str) -> None:
    for name, arguments in built(text, 3):
        fallback = arguments.get("text", "")
        marked = [each["text"] for each in objects(arguments) if each.get("type") == "mrkdwn"]
        assert [bare(each) for each in (fallback, *marked)] == [""] * (len(marked) + 1), name


def test_a_name_that_looks_like_a_mention_mentions_nobody() -> None:
    live = {"user", "usergroup", "channel", "broadcast", "link", "markdown", "team"}
    for name, arguments in built(HOSTILE, 5):
        kinds = {each.get("type") for each in objects(arguments["blocks"])}
        assert not kinds & live, name


def test_marked_up_text_is_not_searched_for_names() -> None:
    for name, arguments in built(HOSTILE, 5):
        marked = [each for each in objects(arguments) if each.get("type") == "mrkdwn"]
        assert all(each["verbatim"] for each in marked), name


@pytest.mark.parametrize("text", [HOSTILE, "&", WIDE, LONG])
def test_every_message_can_be_updated_and_has_words_for_screen_readers(text: str) -> None:
    for sample in samples(SampleData(text, 60)):
        if sample.surface is Surface.MESSAGE:
            assert 0 < len(sample.payload["text"]) < 4000, sample.name


@pytest.mark.parametrize("text", [WIDE, "顧客", HOSTILE, '"'])
def test_a_search_fits_into_one_frame_of_socket_mode(text: str) -> None:
    data = SampleData(text, 200)
    found = [(id, data.name(""), data.place("")) for id in range(data.size)]
    for module in (customers, contacts, hypotheses):
        answer = module.options(found, text * 50)
        assert len(json.dumps(answer)) < 65_000


def test_characters_that_count_double_fit_too() -> None:
    for name, arguments in built(WIDE, 5):
        for each in objects(arguments):
            if "value" in each and isinstance(each.get("text"), Mapping):
                assert len(each["text"]["text"].encode("utf-16-le")) // 2 <= 75, name
