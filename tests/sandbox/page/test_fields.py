"""Every element is rendered, and a posted form reads back as Slack's own state.values."""

from collections import defaultdict
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.page.fields import field_name, find_element, read_state, simple_value
from sandbox.page.reader import Reader
from sandbox.page.rendering import render_blocks
from sandbox.page.surface_state import SurfaceState
from sandbox.workspace.elements import KINDS, find_elements, initial_state
from tests.sandbox.page.every_block import (
    field_block,
    form_blocks,
    gallery_blocks,
    home_view,
    option,
    section,
)
from tests.sandbox.page.test_mrkdwn import NOW

ZONE = ZoneInfo("America/New_York")
READER = Reader(id="U1", zone=ZONE, now=NOW, users={"U2": "Ben"}, channels={"C1": "general"})
ONE, TWO = option("one"), option("two")
FAR = {"text": {"type": "plain_text", "text": "Ärhus <&>"}, "value": '"quoted" & <odd>'}


class Form(HTMLParser):
    """The values that a browser would post for a page: the successful controls, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = defaultdict(list)
        self.ids: list[str] = []
        self._select = self._area = ""

    def getlist(self, key: str) -> list[str]:
        return self.values[key]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.ids.extend([known["id"]] if "id" in known else [])
        name = known.get("name", "")
        if tag == "input" and name and (self._posts(known)):
            self.values[name].append(known.get("value", ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in known:
            self.values[self._select].append(known["value"])
        elif tag == "textarea":
            self._area = name
            self.values[name].append("")

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area

    def handle_data(self, data: str) -> None:
        if self._area:
            # HTML drops the first line break inside a textarea.
            self.values[self._area][-1] += data.removeprefix("\n")

    @staticmethod
    def _posts(known: dict[str, str]) -> bool:
        return known.get("type") not in ("radio", "checkbox") or "checked" in known


def form_of(html: str) -> Form:
    parsed = Form()
    parsed.feed(html)
    return parsed


def rendered(blocks: list[dict[str, Any]], **state: Any) -> str:
    return str(render_blocks(blocks, SurfaceState("view:V1", READER, **state)))


CASES: list[tuple[str, dict[str, Any], Any]] = [
    ("plain_text_input", {}, "two words"),
    ("plain_text_input", {"multiline": True}, '\nfirst <b>\n\nlast & "done" \''),
    ("number_input", {"is_decimal_allowed": True}, "4.5"),
    ("email_text_input", {}, "ada@example.com"),
    ("url_text_input", {}, "https://example.com/?a=1&b=2"),
    ("static_select", {"options": [ONE, TWO]}, TWO),
    (
        "static_select",
        {"option_groups": [{"label": {"type": "plain_text", "text": "G"}, "options": [ONE]}]},
        ONE,
    ),
    ("external_select", {}, FAR),
    ("multi_static_select", {"options": [ONE, TWO]}, [ONE, TWO]),
    ("multi_external_select", {}, [FAR, ONE]),
    ("radio_buttons", {"options": [ONE, TWO]}, TWO),
    ("checkboxes", {"options": [ONE, TWO]}, [TWO]),
    ("datepicker", {}, "2026-03-29"),
    ("timepicker", {}, "09:30"),
    ("datetimepicker", {}, 1774771200),
    ("users_select", {}, "U2"),
    ("conversations_select", {}, "C1"),
    ("channels_select", {}, "C1"),
    ("multi_users_select", {}, ["U2", "U1"]),
    ("multi_conversations_select", {}, ["C1", "U2"]),
    ("multi_channels_select", {}, ["C1"]),
    ("file_input", {}, [{"id": "F1"}]),
    (
        "rich_text_input",
        {},
        {
            "type": "rich_text",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "words"}]}
            ],
        },
    ),
]


@pytest.mark.parametrize(("kind", "element", "value"), CASES)
def test_a_value_in_the_page_reads_back_as_it_was(
    kind: str, element: dict[str, Any], value: Any
) -> None:
    blocks = [field_block("block / 1", "Label", kind, **element)]
    key = KINDS[kind].key
    state = {"block / 1": {"block / 1_input": {"type": kind, key: value}}}
    assert read_state(blocks, form_of(rendered(blocks, state=state)), ZONE) == state


@pytest.mark.parametrize(("kind", "element", "value"), CASES)
def test_an_initial_value_is_what_an_untouched_form_says(
    kind: str, element: dict[str, Any], value: Any
) -> None:
    initial = KINDS[kind].initial
    given = {initial: value} if initial else {}
    blocks = [field_block("b", "Label", kind, **element, **given)]
    assert read_state(blocks, form_of(rendered(blocks)), ZONE) == initial_state(blocks)


def test_every_stateful_kind_of_element_has_a_case() -> None:
    assert {kind for kind, _, _ in CASES} == {k for k, kind in KINDS.items() if kind.stateful}


@pytest.mark.parametrize("blocks", [form_blocks(), home_view()["blocks"], gallery_blocks("F1")])
def test_an_untouched_surface_reads_back_as_its_initial_state(
    blocks: list[dict[str, Any]],
) -> None:
    numbered = [{"block_id": f"b{number}", **block} for number, block in enumerate(blocks)]
    form = form_of(rendered(numbered))
    assert read_state(numbered, form, ZONE) == initial_state(numbered)
    assert len(form.ids) == len(set(form.ids))


def test_nothing_is_rendered_as_unknown() -> None:
    assert "unknown" not in rendered(form_blocks() + gallery_blocks("F1"))


def test_a_value_that_is_not_offered_or_is_no_moment_is_nothing() -> None:
    blocks = [
        field_block("s", "S", "static_select", options=[ONE]),
        field_block("d", "D", "datetimepicker"),
        field_block("e", "E", "external_select"),
    ]
    form = Form()
    for place in find_elements(blocks):
        form.values[field_name(place.block_id, place.action_id)] = ["nonsense"]
    state = read_state(blocks, form, ZONE)
    assert state["s"]["s_input"]["selected_option"] is None
    assert state["d"]["d_input"]["selected_date_time"] is None
    assert state["e"]["e_input"]["selected_option"] is None


def test_a_state_entry_is_told_as_a_person_would() -> None:
    blocks = [field_block("m", "M", "multi_static_select", options=[ONE, TWO])]
    found = find_element(blocks, "m", "m_input")
    assert found is not None
    assert simple_value(found, {"selected_options": [ONE, TWO]}) == ["one", "two"]
    assert find_element(blocks, "m", "other") is None


def test_an_error_is_tied_to_its_input() -> None:
    html = rendered([field_block("b", "Label", "plain_text_input")], errors={"b": "No <good>."})
    assert 'aria-invalid="true"' in html
    assert 'role="alert">No &lt;good&gt;.</p>' in html
    assert 'aria-describedby="view:V1/b/b_input~hint view:V1/b/b_input~error"' in html


def test_hostile_options_labels_and_ids_stay_text() -> None:
    evil = '"><script>alert(1)</script>'
    text = {"type": "plain_text", "text": evil}
    blocks: list[dict[str, Any]] = [
        {
            "type": "actions",
            "block_id": evil,
            "elements": [
                {"type": "button", "action_id": evil, "text": text, "value": evil,
                 "confirm": {"title": text, "text": text, "confirm": text, "deny": text}},
                {"type": "static_select", "action_id": "s", "placeholder": text,
                 "options": [{"text": text, "value": evil}]},
                {"type": "button", "action_id": "u", "text": text, "url": "javascript:alert(1)"},
            ],
        },
        {"type": "image", "block_id": "i", "image_url": "javascript:alert(1)", "alt_text": evil},
        section(evil, {"type": "image", "image_url": f"https://a.b/{evil}", "alt_text": evil}),
    ]  # fmt: skip
    html = rendered(blocks)
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert 'src="javascript' not in html


def test_an_image_comes_from_slack_or_from_the_web() -> None:
    by_id = {"type": "image", "block_id": "i", "slack_file": {"id": "F0000001"}, "alt_text": "A"}
    by_url = {**by_id, "slack_file": {"url": "http://127.0.0.1:1/files/F0000002/a.png"}}
    assert 'src="/images/F0000001"' in rendered([by_id])
    assert 'src="/images/F0000002"' in rendered([by_url])
    web = {"type": "image", "block_id": "i", "image_url": "https://a.example/b.png"}
    assert 'src="https://a.example/b.png"' in rendered([web])
