"""The operator's page lists every message as its kind declares it."""

from tests.checks.table_of_messages import PAGE, with_table


def test_the_table_of_messages_says_what_the_code_declares() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "`make texts` writes it"
