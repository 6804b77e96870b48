"""Imports: what a file does as a whole, and that a dry run changes nothing."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.db import customers as queries
from bot.db import workspaces
from bot.db.tables.contacts import beta_sign_ups, contacts
from bot.db.tables.customers import customers, deals, people
from bot.db.tables.debriefs import debriefs
from bot.db.tables.visits import visits
from bot.domain.customers import Stage
from bot.errors import ImportRefused
from bot.intake.files.kinds import KINDS
from bot.operations.imports import files as imports
from bot.services import Services
from tests.intake.services_fixture import (
    WORKSPACE,
    add_staff,
    count,
    counts,
    import_text,
    open_services,
    rows,
)
from tests.times import T0

CONTACTS = "source,source_id,occurred_at,channel,person_email,customer,staff_email\n"
VISITS = "customer,pm_email,kind,date,minutes,summary\n"
EVERYTHING = (customers, people, contacts, deals, beta_sign_ups, visits, debriefs)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with open_services(tmp_path) as services:
        add_staff(services, "U1", "ann@us.example")
        add_staff(services, "U2", "sup@us.example", support=True)
        yield services


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("customers", "name,domain,revenue\nAlm,alm.example,5\nBerg,,\n"),
        ("people", "customer,name,email,has_cell\nAlm,Ann,ann@alm.example,yes\nAlm,Bo,,\n"),
        ("contacts", CONTACTS + "mail,1,2026-02-01,mail,ann@alm.example,Alm,ann@us.example\n"),
        ("deals", "customer,outcome,closed_on,go_live_on\nAlm,won,2026-02-01,2026-04-01\n"),
        ("betas", "beta,person_email,signed_up_at\nB,ann@alm.example,2026-02-01\n"),
        ("visits", VISITS + "Alm,ann@us.example,phone,2026-02-01,20,Said so.\n"),
    ],
)
def test_the_same_file_again_changes_nothing(services: Services, kind: str, text: str) -> None:
    assert import_text(services, kind, text).added
    before = [rows(services, table) for table in EVERYTHING]
    again = import_text(services, kind, text)
    assert (again.added, again.changed) == (0, 0)
    assert again.unchanged
    assert [rows(services, table) for table in EVERYTHING] == before


def test_what_has_not_happened_yet_is_a_bad_row(services: Services) -> None:
    report = import_text(
        services, "contacts", CONTACTS + "mail,1,2027-02-01,mail,x@alm.example,Alm,\n"
    )
    assert [row.column for row in report.bad] == ["occurred_at"]
    report = import_text(services, "visits", VISITS + "Alm,ann@us.example,phone,2026-03-04,,\n")
    assert [row.column for row in report.bad] == ["date"]
    assert count(services, customers) == 0


def test_a_dry_run_tells_the_same_and_keeps_nothing(services: Services) -> None:
    header = "customer,name,email\n"
    # More than one chunk, and the last row matches the first.
    lines = [f"Firm {n % 300},Ann {n},a{n}@firm{n % 300}.example" for n in range(700)]
    text = header + "\n".join([*lines, "Firm 0,Ann 0,A0@firm0.example", "Firm 1,Bo,nonsense"])
    rehearsed = import_text(services.dry_run(), "people", text)
    assert [count(services, table) for table in EVERYTHING] == [0] * len(EVERYTHING)
    assert rehearsed == import_text(services, "people", text)
    assert counts(rehearsed) == (700, 0, 1, 1)


def test_during_a_dry_run_others_write_the_same(services: Services) -> None:
    def add(_: int) -> None:
        with services.transaction(WORKSPACE) as tx:
            names.append(queries.add(tx, "Alm", Stage.CUSTOMER, domain=f"alm{len(names)}.example"))

    names: list[int] = []
    text = "name,domain\n" + "\n".join(f"Firm {n},alm{n}.example" for n in range(600))
    file = io.BytesIO(text.encode())
    report = imports.run(services.dry_run(), WORKSPACE, "customers", file, T0, progress=add)
    assert counts(report) == (600, 0, 0, 0)
    assert count(services, customers) == len(names) > 1


def test_bad_rows_do_not_keep_the_good_ones_out(services: Services) -> None:
    report = import_text(services, "customers", "name,stage\nAlm,what\nBerg,lost\n")
    assert counts(report) == (1, 0, 0, 1)
    assert report.bad[0].line == 2


def test_a_refused_file_keeps_nothing(services: Services) -> None:
    with pytest.raises(ImportRefused):
        import_text(services, "customers", "title\nAlm\n")
    assert count(services, customers) == 0


def test_progress_is_told_after_each_chunk(services: Services) -> None:
    told: list[int] = []
    text = "name\n" + "\n".join(f"Firm {n}" for n in range(1100))
    file = io.BytesIO(text.encode())
    imports.run(services, WORKSPACE, "customers", file, T0, progress=told.append)
    assert len(told) > 1
    assert told == sorted(set(told))
    assert told[-1] == 1100


def test_what_was_kept_before_a_failure_stays_and_the_rest_follows_later(
    services: Services,
) -> None:
    text = "name\n" + "\n".join(f"Firm {n}" for n in range(700))

    def break_off(done: int) -> None:
        raise InterruptedError(done)

    with pytest.raises(InterruptedError) as broken_off:
        imports.run(
            services, WORKSPACE, "customers", io.BytesIO(text.encode()), T0, progress=break_off
        )
    (done,) = broken_off.value.args
    assert count(services, customers) == done < 700
    assert counts(import_text(services, "customers", text)) == (700 - done, 0, done, 0)


def test_a_report_shows_a_thousand_bad_rows_and_counts_the_others(services: Services) -> None:
    report = import_text(services, "customers", "name,stage\n" + "Alm,what\n" * 1300)
    assert (len(report.bad), report.more) == (1000, 300)


def test_another_workspace_sees_and_merges_nothing_of_this_one(services: Services) -> None:
    with services.transaction("T0000002") as tx:
        workspaces.save(tx, "Other", "U0BOT", T0)
    text = "name,domain\nAlm,alm.example\n"
    import_text(services, "customers", text)
    other = imports.run(services, "T0000002", "customers", io.BytesIO(text.encode()), T0)
    assert other.added == 1


@pytest.fixture(scope="module")
def shared_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(tmp_path_factory.mktemp("any")) as services:
        add_staff(services, "U1", "a@b.example")
        yield services


WORDS = (
    *("", "Alm", "alm.example", "a@b.example", "x@gmail.com", "won", "lost", "mail", "phone", "1"),
    *("2026-02-01", "2026-02-01T10:00Z", "yes", "=1+1", "<!channel>", "Zo\u0301", "\n", "\x00"),
)


@settings(deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    lines=st.lists(
        st.lists(st.sampled_from(WORDS) | st.text(max_size=20), max_size=14), max_size=4
    ),
)
def test_whatever_the_rows_hold_an_import_ends_with_a_report(
    shared_services: Services, kind: str, lines: list[list[str]]
) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(KINDS[kind].columns)
    writer.writerows(line[: len(KINDS[kind].columns)] for line in lines)
    report = import_text(shared_services.dry_run(), kind, out.getvalue())
    assert sum(counts(report)) <= len(lines)
