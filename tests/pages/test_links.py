"""Links: those signed with any current key are accepted, and changed ones are refused."""

import string

from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from bot.platform.signed_links import LinkSigner

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
LETTERS = string.ascii_letters + string.digits + "-_."
LINKS = LinkSigner([OLD], "survey")
KEY = LinkSigner.new_id()
TOKEN = LINKS.sign(KEY)


def test_what_was_signed_is_known_again() -> None:
    assert LINKS.unsign(TOKEN) == KEY
    assert len({LinkSigner.new_id() for _ in range(1000)}) == 1000


def test_the_first_key_signs_and_all_are_known() -> None:
    both = LinkSigner([NEW, OLD], "survey")
    assert both.unsign(TOKEN) == KEY
    assert both.sign(KEY) == LinkSigner([NEW], "survey").sign(KEY) != TOKEN
    assert LinkSigner([NEW], "survey").unsign(TOKEN) is None


def test_a_link_for_something_else_is_none_for_a_survey() -> None:
    assert LINKS.unsign(LinkSigner([OLD], "other").sign(KEY)) is None
    assert LinkSigner([OTHER], "survey").unsign(TOKEN) is None


def test_no_letter_of_a_link_can_be_another() -> None:
    for place in range(len(TOKEN)):
        for letter in LETTERS:
            changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
            assert (LINKS.unsign(changed) == KEY) is (changed == TOKEN)


def test_no_part_of_a_link_is_one() -> None:
    assert not any(LINKS.unsign(TOKEN[:end]) for end in range(len(TOKEN)))
    assert not any(LINKS.unsign(TOKEN + more) for more in ("a", ".", "\n", " ", "="))


@given(st.text(max_size=100))
def test_whatever_is_guessed_is_no_link(guess: str) -> None:
    assert LINKS.unsign(guess) is None
