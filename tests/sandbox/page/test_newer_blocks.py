"""The page renders this year's blocks: charts, tables, cards, containers and what else is new."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from sandbox.page.fields import read_state
from sandbox.page.plots import pie_slices, tick_texts, tick_values
from sandbox.workspace.elements import initial_state
from sandbox.workspace.installation import Installation
from sandbox.workspace.messages import fill_in_ids
from sandbox.workspace.state import Workspace
from tests.sandbox.page import newer_blocks as newer
from tests.sandbox.page.every_block import button
from tests.sandbox.page.test_fields import ZONE, form_of, rendered

Element = ElementTree.Element
MONTHS = ("Jan", "Feb", "Mar")


def parsed(html: str, tag: str) -> Element:
    """Return the first element of this tag, parsed as XML."""
    found = re.search(rf"<{tag}[ >].*?</{tag}>", html, re.DOTALL)
    assert found, html
    return ElementTree.fromstring(found[0])


def text_of(element: Element) -> str:
    return "".join(element.itertext()).strip()


def rows_of(table: Element) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in table.iter("tr")]


def drawn(block: dict[str, Any]) -> Element:
    return parsed(rendered([block]), "svg")


def number(element: Element, name: str) -> float:
    return float(element.attrib[name])


def test_each_newer_block_is_shown() -> None:
    assert "unknown" not in rendered(newer.newer_blocks())


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ({"type": "hologram", "block_id": "b"}, "hologram"),
        ({"type": "data_visualization", "title": "T", "chart": {"type": "radar"}}, "radar"),
        ({"block_id": "b"}, "no type"),
    ],
)
def test_an_unknown_block_is_a_note_with_its_type(block: dict[str, Any], kind: str) -> None:
    html = rendered([block, {"type": "divider"}])
    assert re.search(rf'<p class="unknown">[^<]+<code>{kind}</code></p>', html)
    assert "<hr>" in html


def test_an_unknown_element_is_a_note_with_its_type() -> None:
    elements = [{"type": "dial", "action_id": "a"}, {"action_id": "b"}]
    html = rendered([{"type": "actions", "block_id": "b", "elements": elements}])
    assert '<span class="unknown">[dial]</span>' in html


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_a_chart_tells_each_value_in_its_marks_and_in_its_table(kind: str) -> None:
    html = rendered([newer.chart(kind, {"Visits": (4, -2.5), "Calls": (1200, 0)}, MONTHS[:2])])
    assert "<figcaption>Visits by month" in html
    tips = [text_of(tip) for tip in parsed(html, "svg").iter("title")]
    assert tips == ["Visits, Jan: 4", "Visits, Feb: -2.5", "Calls, Jan: 1,200", "Calls, Feb: 0"]
    assert rows_of(parsed(html, "table")) == [
        ["Month", "Visits", "Calls"],
        ["Jan", "4", "1,200"],
        ["Feb", "-2.5", "0"],
    ]


def test_a_pie_tells_value_and_share_in_its_legend_and_in_its_table() -> None:
    html = rendered([newer.pie({"North": 3, "South": 1})])
    legend = [text_of(item) for item in parsed(html, "ul")]
    assert legend == ["North 3 (75%)", "South 1 (25%)"]
    assert rows_of(parsed(html, "table"))[1:] == [["North", "3 (75%)"], ["South", "1 (25%)"]]


def test_the_segments_of_a_pie_go_all_the_way_round() -> None:
    (alone,) = pie_slices([5])
    assert alone.path == "M0 0L0.00 -100.00A100 100 0 0 1 0.00 100.00 A100 100 0 0 1 -0.00 -100.00Z"
    half, _, last = pie_slices([2, 1, 1])
    assert half.path.startswith("M0 0L0.00 -100.00A100 100 0 0 1 100.00 ")
    assert last.start + last.share == 1


@pytest.mark.parametrize("kind", ["bar", "line", "area"])
def test_the_largest_chart_stays_inside_its_picture(kind: str) -> None:
    picture = drawn(newer.largest_chart(kind))
    width, height = map(float, picture.attrib["viewBox"].split()[2:])
    marks = list(picture.iter("rect" if kind == "bar" else "circle"))
    assert len(marks) == 12 * 20
    x, y = ("x", "y") if kind == "bar" else ("cx", "cy")
    for mark in marks:
        assert 0 < number(mark, x) < width
        assert 0 < number(mark, y) + float(mark.get("height", 0)) < height
    colours = [group.attrib["class"] for group in picture.iter("g")]
    assert colours == [f"c{number}" for number in range(12)]


def test_long_labels_are_slanted_and_inside_the_picture() -> None:
    picture = drawn(newer.largest_chart("bar"))
    height = float(picture.attrib["viewBox"].split()[3])
    labels = [each for each in picture.iter("text") if each.get("transform")]
    assert len(labels) == 20
    extent = len(text_of(labels[0])) * 7.4 * 0.71
    assert number(labels[0], "x") - extent >= 0
    assert number(labels[0], "y") + extent <= height
    few = drawn(newer.chart("bar", {"Visits": (1, 2, 3)}, MONTHS))
    assert not [each for each in few.iter("text") if each.get("transform")]


def test_negative_bars_hang_from_the_line_of_zero() -> None:
    picture = drawn(newer.chart("bar", {"Change": (5, -5)}, MONTHS[:2]))
    up, down = picture.iter("rect")
    zero = next(line for line in picture.iter("line") if line.get("class") == "zero")
    assert number(up, "y") + number(up, "height") == pytest.approx(number(zero, "y1"), abs=0.1)
    assert number(down, "y") == pytest.approx(number(zero, "y1"), abs=0.1)


def test_a_series_without_a_value_has_a_gap() -> None:
    block = newer.chart("bar", {"Visits": (1, 2, 3)}, MONTHS)
    del block["chart"]["series"][0]["data"][1]
    tips = [text_of(tip) for tip in drawn(block).iter("title")]
    assert tips == ["Visits, Jan: 1", "Visits, Mar: 3"]
    assert rows_of(parsed(rendered([block]), "table"))[2] == ["Feb", ""]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1, 2, 3], ["0", "1", "2", "3"]),
        ([0.1, 0.45], ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        ([-3, 7], ["-4", "-2", "0", "2", "4", "6", "8"]),
        ([15_000], ["0", "5k", "10k", "15k"]),
        ([1500], ["0", "500", "1,000", "1,500"]),
        ([-2_400_000], ["-2.5M", "-2M", "-1.5M", "-1M", "-0.5M", "0"]),
        ([0, 0], ["0", "1"]),
        ([], ["0", "1"]),
    ],
)
def test_an_axis_has_round_values_with_zero_among_them(
    values: list[float], shown: list[str]
) -> None:
    assert tick_texts(tick_values(values)) == shown


def test_a_data_table_names_its_columns_and_rows() -> None:
    table = parsed(rendered([newer.data_table(3, row_header_column_index=1)]), "table")
    assert text_of(table[0]) == "Visits by customer"
    assert [(cell.tag, cell.get("scope")) for cell in table.iter("th")] == [
        *[("th", "col")] * 4,
        *[("th", "row")] * 3,
    ]
    first = next(iter(table.iter("tbody")))[0]
    assert [cell.tag for cell in first] == ["td", "th", "td", "td"]
    assert [cell.attrib["class"] for cell in first] == ["left", "left", "right", "left"]


@pytest.mark.parametrize(("more", "first"), [({}, 5), ({"page_size": 3}, 3)])
def test_a_data_table_shows_one_page_and_the_rest_when_asked(
    more: dict[str, int], first: int
) -> None:
    html = rendered([newer.data_table(12, **more)])
    bodies = list(parsed(html, "table").iter("tbody"))
    assert [len(body) for body in bodies] == [first, 12 - first]
    assert bodies[1].get("class") == "rest"
    assert f"Show {12 - first} more rows" in html
    assert "more-rows" not in rendered([newer.data_table(first, **more)])


def test_a_table_is_aligned_and_wrapped_as_it_says() -> None:
    block = newer.wrapped_table()
    block["rows"].append([newer.text_cell(text) for text in ("A", "B", "C", "one more")])
    table = parsed(rendered([block]), "table")
    assert [cell.attrib["class"] for cell in table[0][0]] == ["left", "center wrapped", "right"]
    assert {cell.tag for cell in table[0].iter() if cell.get("class")} == {"th"}
    assert {cell.tag for cell in table[1].iter() if cell.get("class")} == {"td"}
    assert rows_of(table)[-1] == ["A", "B", "C", "one more"]


@pytest.mark.parametrize(("level", "tag"), [(None, "h3"), (1, "h3"), (2, "h4"), (4, "h6")])
def test_a_header_of_a_level_is_a_heading_below_those_of_the_page(level: int, tag: str) -> None:
    html = rendered([{"type": "header", "text": newer.plain("Next"), "level": level}])
    assert re.search(rf'<{tag} class="header[^"]*">Next</{tag}>', html)


def test_a_carousel_is_a_list_of_its_cards() -> None:
    html = rendered([newer.carousel()])
    assert 'role="list" aria-label="4 cards"' in html
    assert html.count('role="listitem"') == html.count('<article class="card">') == 4
    assert "Added today" in html


@pytest.mark.parametrize(
    ("more", "tag"),
    [
        ({}, '<div class="container standard" role="group" aria-label="Quernstone Mills">'),
        ({"is_collapsible": True}, '<details class="container standard" open>'),
        (
            {"is_collapsible": True, "default_collapsed": True},
            '<details class="container standard">',
        ),
        ({"width": "narrow"}, '<div class="container narrow"'),
        ({"has_header_divider": True}, '<div class="container standard divided"'),
    ],
)
def test_a_container_holds_its_blocks_and_is_folded_if_it_says_so(
    more: dict[str, Any], tag: str
) -> None:
    html = rendered([newer.container(**more)])
    assert tag in html
    assert "Customer since <strong>2019</strong>" in html
    assert html.count('class="block"') == 1 + len(newer.container()["child_blocks"])


@pytest.mark.parametrize("level", ["info", "warning", "error", "success"])
def test_the_level_of_an_alert_is_more_than_its_colour(level: str) -> None:
    html = rendered([{"type": "alert", "level": level, "text": newer.plain("Text")}])
    assert f'<div class="alert {level}" role="note">' in html
    assert f">{level.capitalize()}: </span>" in html


def test_the_state_of_a_task_is_a_word() -> None:
    html = rendered([newer.plan()])
    assert re.findall(r"<small>([\w ]+)</small>", html) == [
        "Complete", "In progress", "Error", "Pending",
    ]  # fmt: skip
    assert '<a href="https://example.com/list"' in html


def test_a_label_for_screen_readers_is_read_in_place_of_a_buttons_text() -> None:
    link = button("u", "More", url="https://a.example", accessibility_label="More about Cork")
    flow = {"type": "workflow_button", "text": newer.plain("Go"), "accessibility_label": "Go out"}
    row = {"type": "actions", "block_id": "b", "elements": [link, flow]}
    html = rendered([row, newer.container(), newer.context_actions(accessibility_label="Bin it")])
    labels = re.findall(r'<(a|button) [^>]*aria-label="([^"]+)"', html)
    assert labels == [
        ("a", "More about Cork"),
        ("button", "Go out"),
        ("button", "I&#39;ve had a visit to Quernstone Mills"),
        ("button", "Good idea: show more like this"),
        ("button", "Bin it"),
    ]


@pytest.mark.parametrize(("users", "shown"), [(["U1"], 1), (["U2"], 0)])
def test_an_icon_button_is_shown_only_to_the_people_it_names(users: list[str], shown: int) -> None:
    html = rendered([newer.context_actions(visible_to_user_ids=users)])
    assert html.count('data-action-id="remove"') == shown


def test_a_form_inside_a_container_reads_back_as_its_initial_state() -> None:
    installation = Installation({"display_information": {"name": "N"}})
    blocks = fill_in_ids(Workspace(installation), newer.newer_blocks())
    form = form_of(rendered(blocks))
    assert read_state(blocks, form, ZONE) == initial_state(blocks)
    assert "note" in initial_state(blocks)
    assert len(form.ids) == len(set(form.ids))


def hostile(value: Any) -> Any:
    """Return a block in which every text that people read, and every address, is hostile."""
    if isinstance(value, dict):
        return {k: v if k in ("type", "level", "status") else hostile(v) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(each) for each in value]
    return 'javascript:"><script>alert(1)</script>' if isinstance(value, str) else value


def test_hostile_texts_and_addresses_of_newer_blocks_stay_text() -> None:
    html = rendered([hostile(block) for block in newer.newer_blocks()])
    assert "<script" not in html
    assert not re.search(r'(href|src)="javascript', html)
    assert not re.search(r"<[^>]+\s(style|on\w+)=", html)
