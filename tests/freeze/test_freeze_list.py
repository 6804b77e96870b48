"""Names in Slack, in databases, in logs and scripts change only on purpose."""

from collections.abc import Mapping

import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from bot.settings import Settings
from tests.freeze import listed
from tests.freeze.collected import collect, routed_actions
from tests.operations.operations_fixture import SECRET_KEY

ADVICE = (
    "If intended, change the line in freeze_list.txt and give its reason as a `# reason` comment "
    "on it (`python -m tests.freeze` writes the lines); if not, the old name has to come back."
)
# "A made-up address", as version 0.1 encrypted it under that key.
ENCRYPTED = (
    "gAAAAABrDcOj0S4AtkkU1jjMYXxvq4tos-8J5SgD4rOBtvD8ADa8p8Hn4PKA"
    "x67fPFo62fTdFlkEXDnhK6T7spUqH_nmWEZwmrL3axBiv6WjkD2a7Iv3rUE="
)


@pytest.fixture(scope="module")
def found() -> Mapping[str, list[str]]:
    return collect()


def test_what_lives_outside_the_code_is_as_it_was(found: Mapping[str, list[str]]) -> None:
    known = {name: set(entries) for name, entries in listed.read().items()}
    known.pop(listed.RETIRED)
    now = {name: set(entries) for name, entries in found.items()}
    lines = [
        f"{mark} [{name}] {entry}"
        for name in sorted(known.keys() | now.keys())
        for mark, more, less in (("gone:", known, now), ("new: ", now, known))
        for entry in sorted(more.get(name, set()) - less.get(name, set()))
    ]
    if lines:
        pytest.fail("\n".join([*lines, ADVICE]), pytrace=False)


def test_an_action_id_that_was_ever_shipped_still_has_a_route() -> None:
    assert set(listed.read()[listed.RETIRED]) - routed_actions() == set()


def test_every_button_that_is_built_has_a_route(found: Mapping[str, list[str]]) -> None:
    pressed = {name for name, kind in map(str.split, found["action ids"]) if kind == "button"}
    assert pressed - routed_actions() == set()


def test_what_was_encrypted_under_a_key_can_still_be_read() -> None:
    known = Settings(nihito_secret_key=SecretStr(SECRET_KEY))
    assert Fernet(SECRET_KEY).decrypt(ENCRYPTED) == b"A made-up address"
    assert known.cipher.decrypt(ENCRYPTED) == "A made-up address"


def test_an_action_id_is_retired_once_no_element_has_it() -> None:
    known = {"action ids": {"a.b button": "", "a.c button": "", "a.d button": ""}}
    found = {"action ids": ["a.b static_select", "a.d button"]}
    assert listed.retired_ids(known, found) == {"a.c"}
