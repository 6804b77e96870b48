"""Cell readers: each returns a value, or raises `ValueError` with what it expects in words."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from bot.domain.customers import DOMAIN_LENGTH, NAME_LENGTH, name_key
from bot.domain.text import CONTROL_CHARACTERS

Reader = Callable[[str], Any]
Code = TypeVar("Code", bound=StrEnum)

EMAIL_LENGTH = 320
EARLIEST = date(1990, 1, 1)
LATEST = date(2100, 1, 1)

# Providers of private mailboxes: an address there doesn't say which customer its owner is at.
_PROVIDERS = """
    126.com 163.com aol.com bluewin.ch fastmail.com free.fr gmail.com gmx.at gmx.ch gmx.com gmx.de
    gmx.net googlemail.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr hotmail.it hushmail.com
    icloud.com laposte.net libero.it live.com mac.com mail.com mail.ru me.com msn.com naver.com
    orange.fr outlook.com outlook.de pm.me proton.me protonmail.com qq.com rediffmail.com
    rocketmail.com t-online.de tutanota.com wanadoo.fr web.de yahoo.co.in yahoo.co.jp yahoo.co.uk
    yahoo.com yahoo.de yahoo.fr yandex.com yandex.ru ymail.com zoho.com
"""
FREE_MAIL = frozenset(_PROVIDERS.split())

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)+")
_AROUND_DOMAIN = re.compile(r"^(https?://)?(www\.)?|[/?#].*$")
_TRUE = frozenset({"yes", "true", "1"})
_FALSE = frozenset({"no", "false", "0"})


def refuse_control_characters(raw: str) -> None:
    """Raise `ValueError` for NUL and its like; line breaks and tabs pass."""
    if CONTROL_CHARACTERS.search(raw):
        raise ValueError("text without control characters")


def line(longest: int) -> Reader:
    """Return a reader of text on one line, white space run together, up to so many characters."""
    return lambda raw: _capped(" ".join(raw.split()), longest)


def prose(longest: int) -> Reader:
    """Return a reader of text that may run over several lines, up to so many characters."""
    return lambda raw: _capped(raw.replace("\r\n", "\n").replace("\r", "\n").strip(), longest)


def customer_name(raw: str) -> str:
    """Parse a customer's name, which must hold something to be found by."""
    name: str = line(NAME_LENGTH)(raw)
    if not name_key(name):
        raise ValueError("a name")
    return name


def email(raw: str) -> str:
    """Parse one mail address, in lower case."""
    address = raw.strip().casefold()
    if len(address) > EMAIL_LENGTH or not _EMAIL.fullmatch(address):
        raise ValueError("one mail address, such as ann@company.example")
    return address


def domain(raw: str) -> str:
    """Parse a customer's mail domain, in lower case; a web address gives its domain."""
    name = _AROUND_DOMAIN.sub("", raw.strip().casefold())
    if len(name) > DOMAIN_LENGTH or not _DOMAIN.fullmatch(name):
        raise ValueError("a mail domain, such as company.example")
    if name in FREE_MAIL:
        raise ValueError("the customer's own domain, not that of a mail provider")
    return name


def code(codes: type[Code]) -> Reader:
    """Return a reader of a set of codes, in any case, with spaces or hyphens for underscores."""
    known = {each.value: each for each in codes}

    def read(raw: str) -> Code:
        found = known.get(re.sub(r"[\s_-]+", "_", raw.strip().casefold()))
        if found is None:
            raise ValueError("one of " + ", ".join(known))
        return found

    return read


def whole_number(raw: str) -> int:
    """Parse a whole number from 0; `1.200` and `1,200` mean two things and are refused."""
    if not re.fullmatch(r"[0-9]{1,15}", raw.strip()):
        raise ValueError(
            "a whole number in digits alone, such as 1200000: "
            "no thousands separators, decimals or currency"
        )
    return int(raw)


def minutes(raw: str) -> int:
    """Parse a length of 1 minute to a day."""
    if not re.fullmatch(r"[0-9]{1,4}", raw.strip()) or not 1 <= int(raw) <= 1440:
        raise ValueError("minutes in digits alone, from 1 to 1440")
    return int(raw)


def days(raw: str) -> int:
    """Parse a number of days from 1 to two years."""
    if not re.fullmatch(r"[0-9]{1,3}", raw.strip()) or not 1 <= int(raw) <= 730:
        raise ValueError("a number of days in digits alone, from 1 to 730")
    return int(raw)


def yes_or_no(raw: str) -> bool:
    """Parse a truth value in one of its usual spellings."""
    word = raw.strip().casefold()
    if word not in _TRUE | _FALSE:
        raise ValueError("yes or no (true or false, 1 or 0, or empty)")
    return word in _TRUE


def day(raw: str) -> date:
    """Parse a date in ISO 8601, from 1990 to 2099."""
    try:
        found = date.fromisoformat(raw.strip())
    except ValueError:
        raise ValueError("a date written as 2024-03-31") from None
    return _check_range(found)


def instant(raw: str) -> datetime:
    """Parse an aware UTC instant from ISO 8601; one without a zone is taken as UTC."""
    try:
        found = datetime.fromisoformat(raw.strip())
    except ValueError:
        raise ValueError("a time written as 2024-03-31T14:05:00+02:00") from None
    _check_range(found.date())
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def mail_domain(address: str) -> str | None:
    """Return the domain of a mail address in lower case; None if it isn't an organisation's."""
    name = address.casefold().rpartition("@")[2]
    return name if _DOMAIN.fullmatch(name) and name not in FREE_MAIL else None


def name_from_address(address: str) -> str:
    """Return a readable name for a person of whom only the address is known."""
    words = re.split(r"[._+\s-]+", address.partition("@")[0])
    return " ".join(word.capitalize() for word in words if word) or address


def _capped(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueError(f"at most {longest} characters; this has {len(text)}")
    return text


def _check_range(found: date) -> date:
    if not EARLIEST <= found < LATEST:
        raise ValueError("a date from 1990 to 2099")
    return found
