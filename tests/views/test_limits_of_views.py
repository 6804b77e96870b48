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
from bot.views.workarounds import form as workaround_form
from sandbox.limits import check_message, check_options, check_view
from tests.views import samples

HOSTILE = "<!channel> <@U123> <#C1> *b* & < > <https://example.com|x> @here :tada: `c` _i_ "
LONG = "Donaudampfschifffahrtsgesellschaft "
WIDE = "👩‍🚀"
ESCAPED = re.compile(r"&(amp|lt|gt);")


def problems(text: str, size: int) -> Iterator[tuple[str, Any]]:
    for name, message in samples.messages(text, size):
        arguments = message.as_arguments()
        yield name, check_message(arguments["blocks"], arguments["text"])
    for name, view in samples.views(text, size):
        yield name, check_view(view.to_dict())
    for module in (customers, contacts, hypotheses):
        yield module.__name__, check_options(module.options(samples.found(text, size), text))
    rows = [samples.row_with(text, size, number) for number in range(size)]
    yield "the same as", check_options(workaround_form.options(rows, rows))


def built(text: str, size: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, message in samples.messages(text, size):
        yield name, message.as_arguments()
    for name, view in samples.views(text, size):
        yield name, view.to_dict()


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


@pytest.mark.parametrize("text", [HOSTILE, LONG, WIDE, "x", "&", "\n", "a b "])
@pytest.mark.parametrize("size", [0, 3, 120])
def test_slack_takes_the_longest_data_that_the_columns_hold(text: str, size: int) -> None:
    assert {name: wrong for name, wrong in problems(text, size) if wrong} == {}


@settings(max_examples=20, deadline=None)
@given(text=st.text(max_size=60), size=st.integers(0, 12))
def test_slack_takes_whatever_people_write(text: str, size: int) -> None:
    assert {name: wrong for name, wrong in problems(text, size) if wrong} == {}


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
    for name, message in samples.messages(text, 60):
        assert 0 < len(message.text) < 4000, name


@pytest.mark.parametrize("text", [WIDE, "顧客", HOSTILE, '"'])
def test_a_search_fits_into_one_frame_of_socket_mode(text: str) -> None:
    for module in (customers, contacts, hypotheses):
        answer = module.options(samples.found(text, 200), text * 50)
        assert len(json.dumps(answer)) < 65_000


def test_characters_that_count_double_fit_too() -> None:
    for name, view in samples.views(WIDE, 5):
        for each in objects(view.to_dict()):
            if "value" in each and isinstance(each.get("text"), Mapping):
                assert len(each["text"]["text"].encode("utf-16-le")) // 2 <= 75, name
