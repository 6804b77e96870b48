"""The request guard: a request without Slack's signature gets 401, and isn't parsed."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.app import build_bolt
from bot.operations.workspaces import Installation
from bot.web import build_web
from handlers.routes import build_dispatcher
from sandbox.server_thread import ServerThread
from sandbox.workspace.installation import TEAM_ID
from tests.requests.raw_http import (
    BODY,
    FORM,
    MEGABYTE,
    PATH,
    SIGNATURE,
    STAMP,
    ask,
    head,
    peak_memory,
    post,
    send,
    signature,
    signed_headers,
)
from tests.requests.seeded_workspace import SeededWorkspace


def now() -> str:
    return str(int(time.time()))


def test_what_slack_signed_is_answered(seeded_workspace: SeededWorkspace) -> None:
    headers = signed_headers(BODY) | {"Content-Type": "application/json"}
    assert ask(seeded_workspace.url, "POST", PATH, BODY, headers) == (
        200,
        b'{"challenge": "here I am"}',
    )


@pytest.mark.parametrize("ago", [-290, 290])
def test_clocks_may_differ_by_less_than_five_minutes(
    seeded_workspace: SeededWorkspace, ago: int
) -> None:
    assert post(seeded_workspace.url, BODY, signed_headers(BODY, ago=ago)) == 200


@pytest.mark.parametrize("ago", [301, 3600, -310, -86_400, -(10**11)])
def test_a_request_of_another_time_is_refused(seeded_workspace: SeededWorkspace, ago: int) -> None:
    assert post(seeded_workspace.url, BODY, signed_headers(BODY, ago=ago)) == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {STAMP: now()},
        {STAMP: now(), SIGNATURE: ""},
        {SIGNATURE: signature(BODY, now())},
        {STAMP: "", SIGNATURE: signature(BODY, "")},
    ],
    ids=["neither", "no signature", "an empty signature", "no time", "an empty time"],
)
def test_a_request_without_both_headers_is_refused(
    seeded_workspace: SeededWorkspace, headers: dict[str, str]
) -> None:
    assert post(seeded_workspace.url, BODY, headers) == 401


@pytest.mark.parametrize(
    "garble",
    [
        lambda given: given[:-1],
        lambda given: given + "0",
        lambda given: given.removeprefix("v0="),
        lambda given: given.replace("v0=", "v1="),
        lambda given: given.upper(),
        lambda _: "v0=",
        lambda _: "v0=" + "0" * 64,
        lambda _: "v0=" + "\xe9" * 64,
        lambda given: given + "," + given,
        lambda _: "x" * 30_000,
    ],
)
def test_a_garbled_signature_is_refused(
    seeded_workspace: SeededWorkspace, garble: Callable[[str], str]
) -> None:
    headers = signed_headers(BODY)
    assert (
        post(seeded_workspace.url, BODY, headers | {SIGNATURE: garble(headers[SIGNATURE])}) == 401
    )


@pytest.mark.parametrize(
    "stamp",
    [
        b"now",
        b"-1",
        b"+1",
        b"0x10",
        b"1e9",
        b"12.5",
        b"0",
        b"9" * 13,
        b"9" * 5000,
        "²".encode("latin-1"),
        "١٢٣٤".encode(),
        b"1_000",
        b"1 2",
        b"1772452800.0",
        "1772452800\xa0".encode("latin-1"),
    ],
)
def test_a_time_that_is_no_time_is_refused_though_it_was_signed(
    seeded_workspace: SeededWorkspace, stamp: bytes
) -> None:
    # Signed as the server reads the header, so only the time can be wrong.
    signing = f"{SIGNATURE}: {signature(BODY, stamp.decode('latin-1'))}"
    length = f"Content-Length: {len(BODY)}"
    assert (
        send(seeded_workspace.url, head(STAMP.encode() + b": " + stamp, signing, length), BODY)
        == 401
    )


def test_another_secret_is_refused(seeded_workspace: SeededWorkspace) -> None:
    assert post(seeded_workspace.url, BODY, signed_headers(BODY, secret="somebody-elses")) == 401


def test_a_signature_is_good_for_its_own_body_only(seeded_workspace: SeededWorkspace) -> None:
    assert post(seeded_workspace.url, BODY + b" ", signed_headers(BODY)) == 401


def test_a_signature_is_good_for_its_own_time_only(seeded_workspace: SeededWorkspace) -> None:
    headers = signed_headers(BODY)
    assert post(seeded_workspace.url, BODY, headers | {STAMP: str(int(headers[STAMP]) - 1)}) == 401


@pytest.mark.parametrize("doubled", [STAMP, SIGNATURE])
@pytest.mark.parametrize("other", ["", "0", "the same"])
@pytest.mark.parametrize("first", [True, False])
def test_a_header_sent_twice_is_refused(
    seeded_workspace: SeededWorkspace, doubled: str, other: str, first: bool
) -> None:
    headers = signed_headers(BODY)
    more = f"{doubled}: {headers[doubled] if other == 'the same' else other}"
    lines = [f"{name}: {value}" for name, value in headers.items()]
    given = [more, *lines] if first else [*lines, more]
    assert send(seeded_workspace.url, head(*given, f"Content-Length: {len(BODY)}"), BODY) == 401


@pytest.mark.parametrize("body", [b"{", b"null", b"\xff\xfe", b"\0", b"[" * 100_000, b"a=1&b"])
@pytest.mark.parametrize("kind", ["application/json", FORM])
def test_an_unsigned_body_is_refused_before_it_is_looked_at(
    seeded_workspace: SeededWorkspace, body: bytes, kind: str
) -> None:
    assert post(seeded_workspace.url, body, {}, kind) == 401
    assert post(seeded_workspace.url, body, signed_headers(body), kind) == 400


def test_nothing_of_another_time_is_looked_at_either(seeded_workspace: SeededWorkspace) -> None:
    assert post(seeded_workspace.url, b"{", signed_headers(b"{", ago=301)) == 401


@pytest.mark.parametrize("body", [b"ssl_check=1&token=x", BODY])
def test_not_even_slacks_own_checks_are_answered_unsigned(
    seeded_workspace: SeededWorkspace, body: bytes
) -> None:
    assert (
        post(
            seeded_workspace.url, body, {}, FORM if body.startswith(b"ssl") else "application/json"
        )
        == 401
    )


def test_parsing_costs_memory_only_once_the_signature_is_good(
    seeded_workspace: SeededWorkspace,
) -> None:
    bomb = b'{"a":[' + b",".join([b"[]"] * 150_000) + b"]}"
    unsigned, little = peak_memory(lambda: post(seeded_workspace.url, bomb, {}))
    genuine, much = peak_memory(lambda: post(seeded_workspace.url, bomb, signed_headers(bomb)))
    assert (unsigned, genuine) == (401, 404)
    assert little < 3 * MEGABYTE
    assert much > 8 * MEGABYTE


@pytest.fixture(scope="module")
def url_without_secret(seeded_workspace: SeededWorkspace) -> Iterator[str]:
    """Yield the address of a server without a signing secret, as with Socket Mode alone."""
    settings = seeded_workspace.services.settings.model_copy(
        update={"slack_signing_secret": SecretStr("")}
    )
    services = replace(seeded_workspace.services, settings=settings)
    installation = Installation(TEAM_ID, "Sandbox", "U0000000", "B0000001")
    with ExitStack() as ending:
        pool = ThreadPoolExecutor(1)
        ending.callback(pool.shutdown)
        bolt = build_bolt(services, installation, pool, build_dispatcher(services, pool))
        runner = ServerThread(build_web(services, bolt), 0)
        runner.start()
        ending.callback(runner.stop)
        yield f"http://127.0.0.1:{runner.port}"


@pytest.mark.parametrize("secret", ["", "unused", "None", "sandbox-signing-secret"])
def test_without_a_secret_nothing_is_genuine(url_without_secret: str, secret: str) -> None:
    for body in (BODY, b"{"):
        assert post(url_without_secret, body, signed_headers(body, secret=secret)) == 401
