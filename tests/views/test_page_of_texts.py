"""The page of every text is what the views say now."""

from tests.checks import page_of_texts


def test_the_page_says_what_the_views_say() -> None:
    written = page_of_texts.PAGE.read_text(encoding="utf-8")
    assert written == page_of_texts.page(), "run `make texts`, and read it"
