"""A rename passes, and any other change is found."""

import pytest

from tests.checks.collected import partnerless
from tests.checks.mechanical import Report, examine
from tests.checks.mutating import Kind, NoSuchNode, mutated
from tests.checks.renames import Renames
from tests.checks.sources import Sources

OLD = {
    "shop/carts.py": '''
"""Carts."""
from shop import prices
from shop.prices import Price, cheap, dear

LIMIT = 3

class Cart:
    """A cart."""
    def __init__(self, owner: "Price", size: int = LIMIT) -> None:
        self.owner, self.size = owner, size

def fits(cart: Cart, wanted: int, spare: int) -> bool:
    """Say so."""
    kept = [each for each in range(wanted) if each < cart.size]
    return len(kept) < LIMIT and cheap(wanted, spare)

def total(cart: Cart) -> str:
    return f"{prices.dear(cart.size, size=2)} euros"
''',
    "shop/prices.py": """
class Price: pass

def cheap(one, other): return one < other
def dear(one, size): return one > size
""",
}
NEW = {
    "shop/basket/rules.py": '''
from shop.basket import cost
from shop.basket.cost import Amount, dear, is_cheap

def fits(basket: Basket, wanted: int, spare: int) -> bool:
    """Another docstring."""
    found = [one for one in range(wanted) if one < basket.size]
    return len(found) < MOST and is_cheap(wanted, spare)

MOST = 3

class Basket:
    def __init__(self, owner: "Amount", size: int = MOST) -> None:
        self.owner, self.size = owner, size

def total(basket: Basket) -> str:
    return f"{cost.dear(basket.size, size=2)} euros"
''',
    "shop/basket/cost.py": """
class Amount: pass

def dear(one, size): return one > size
def is_cheap(one, other): return one < other
""",
}
RULES, COST = "shop/basket/rules.py", "shop/basket/cost.py"
MODULES = {"shop/carts.py": (RULES,), "shop/prices.py": (COST,)}
NAMES = {
    "Cart": ("Basket",),
    "cart": ("basket",),
    "Price": ("Amount",),
    "LIMIT": ("MOST",),
    "cheap": ("is_cheap",),
    "prices": ("cost",),
    "kept": ("found",),
    "each": ("one",),
}


def renames(**names: tuple[str, ...]) -> Renames:
    return Renames(MODULES, NAMES | names, {})


def examined(path: str, before: str, after: str, **names: tuple[str, ...]) -> Report:
    """Compare the renamed sources, with a change made in one of the files."""
    assert NEW[path].count(before) >= 1
    changed = NEW | {path: NEW[path].replace(before, after)}
    return examine(renames(**names), Sources(OLD), Sources(changed))


def test_a_rename_with_all_its_moves_is_mechanical() -> None:
    report = examine(renames(), Sources(OLD), Sources(NEW))
    assert report.mechanical
    assert (report.renamed["function"], report.identical["function"]) == (4, 1)


def test_a_pair_that_is_not_in_the_map_is_told() -> None:
    known = Renames(MODULES, {key: NAMES[key] for key in NAMES if key != "kept"}, {})
    assert not examine(known, Sources(OLD), Sources(NEW)).mechanical
    assert known.missing["kept", "found"] == 2


def test_a_pair_that_nothing_needs_is_told() -> None:
    known = renames(spare=("unused",))
    examine(known, Sources(OLD), Sources(NEW))
    assert known.unused == [("spare", "unused")]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        pytest.param(RULES, "< MOST", "<= MOST", id="a comparison"),
        pytest.param(RULES, "MOST = 3", "MOST = 4", id="a constant"),
        pytest.param(RULES, "euros", "pounds", id="a text"),
        pytest.param(RULES, "< MOST and", "< MOST or", id="an operator"),
        pytest.param(RULES, 'owner: "Amount"', 'owner: "Basket"', id="a type in quotes"),
        pytest.param(RULES, ", size=2", "", id="an argument"),
        pytest.param(RULES, "self.owner, self.size = owner", "self.owner = owner", id="a part"),
        pytest.param(COST, "class Amount: pass", "", id="a class that is lost"),
        pytest.param(COST, "class Amount: pass", "class Amount: pass\nX = 1", id="a new constant"),
    ],
)
def test_whatever_changes_besides_is_noticed(path: str, before: str, after: str) -> None:
    assert not examined(path, before, after).mechanical


def test_arguments_that_change_places_under_allowed_names_are_noticed() -> None:
    report = examined(
        RULES, "is_cheap(wanted, spare)", "is_cheap(spare, wanted)",
        wanted=("spare",), spare=("wanted",),
    )  # fmt: skip
    assert [each.new.name for each in report.differences] == ["fits"]


def test_an_import_of_another_thing_under_the_right_name_is_noticed() -> None:
    report = examined(RULES, "Amount, dear, is_cheap", "Amount, is_cheap as dear, dear as is_cheap")
    (difference,) = report.differences
    assert difference.reasons == ["cheap was shop.prices.cheap and is shop.basket.cost.dear"]


def test_a_local_name_that_hides_what_was_used_is_noticed() -> None:
    report = examined(RULES, "found", "is_cheap", kept=("is_cheap",))
    assert [each.new.name for each in report.differences] == ["fits"]


def test_two_attributes_that_become_one_are_noticed() -> None:
    report = examined(RULES, "self.owner, self.size", "self.size, self.size", owner=("size",))
    assert [each.new.name for each in report.differences] == ["__init__"]


def test_the_same_thing_by_its_module_or_by_its_name_is_the_same() -> None:
    report = examined(RULES, "cost.dear(", "dear(")
    assert report.mechanical
    assert list(report.respelt) == ["prices.dear -> dear"]


def test_tests_are_paired_through_moves_and_names() -> None:
    known = Renames({"tests/a.py": ("tests/b/c.py",)}, {"test_gate": ("test_route",)}, {})
    old = ["tests/a.py::test_gate[1-x]", "tests/a.py::test_gate[2-x]", "tests/d.py::test_same"]
    new = ["tests/b/c.py::test_route[1-x]", "tests/d.py::test_same", "tests/d.py::test_new"]
    lost, added = partnerless(known, old, new)
    assert (lost, added) == (["tests/a.py::test_gate[2-x]"], ["tests/d.py::test_new"])


@pytest.mark.parametrize(
    ("kind", "index", "changed"),
    [
        (Kind.SWAPPED, 0, "if a >= b and c is not None:"),
        (Kind.SWAPPED, 1, "if a < b and c is None:"),
        (Kind.BOUNDARY, 0, "if a <= b and c is not None:"),
        (Kind.NEGATED, 0, "if not (a < b and c is not None):"),
        (Kind.AND_OR, 0, "if a < b or c is not None:"),
        (Kind.CONSTANT, 0, "return g('é', 2, last=a)"),
        (Kind.ARGUMENT, 0, "return g('é', 1)"),
        (Kind.RETURNED, 0, "return None"),
        (Kind.DROPPED, 0, "pass"),
    ],
)
def test_a_mutant_changes_one_node_and_no_other_byte(kind: Kind, index: int, changed: str) -> None:
    source = (
        "def f(a, b, c):\n"
        "    if a < b and c is not None:\n"
        "        return g('é', 1, last=a)  # é\n"
        "    h(a)\n"
    )
    before, after = source.splitlines(), mutated(source, "f", kind, index).splitlines()
    lines = [new for old, new in zip(before, after, strict=True) if old != new]
    assert [line.split("  #")[0].strip() for line in lines] == [changed]


def test_a_node_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(NoSuchNode):
        mutated("def f(a):\n    return a\n", "f", Kind.SWAPPED, 0)
