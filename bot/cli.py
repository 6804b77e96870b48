"""Commands: each reads the settings, calls one function and prints the result."""

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, track
from sqlalchemy.exc import SQLAlchemyError

from bot.app import build, build_services
from bot.clock import SystemClock
from bot.db import migrate as migrations
from bot.db import workspaces
from bot.db.engine import COMMAND_LOCK_WAIT_SECONDS
from bot.db.outbox.queries import MessageKind
from bot.errors import NihitoError, SettingsError, SlackError
from bot.intake.files.csv_files import BadRow
from bot.intake.files.kinds import KINDS
from bot.log import configure, error_location
from bot.operations import backups
from bot.operations.doctor import checks
from bot.operations.imports import files as imports
from bot.operations.outbox import redrive as redriving
from bot.operations.staff import directory as staff
from bot.operations.workspaces import find_reachable, identify
from bot.platform import process_lock
from bot.platform.http_server import serve
from bot.platform.process_tuning import freeze_gc, limit_malloc_arenas
from bot.services import Services
from bot.settings import read_settings
from bot.slack import manifest as app_manifest
from bot.slack.validation import find_faults, make_validation_client
from scheduler import jobs

HINT = "`python -m bot doctor` says what to mend."
# How long `run` and `tick` wait for a `tick` that another process makes.
TICK_WAIT_SECONDS = 60
MANIFEST = Path(__file__).parent.parent / "manifest.json"

app = typer.Typer(
    name="nihito",
    help="Nothing important happens in the office.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Keep and send nothing.")]


def main() -> None:
    """Run a command; an error is printed in one line, not as a traceback."""
    try:
        app()
    except SlackError as error:
        err.print(f"[red]Slack refused: {escape(error.code)}.[/red] {HINT}")
        raise SystemExit(1) from None
    except NihitoError as error:
        err.print(f"[red]{escape(str(error))}[/red]")
        raise SystemExit(1) from None
    except SQLAlchemyError as error:
        err.print(f"[red]The database failed: {type(error).__name__}.[/red] {HINT}")
        raise SystemExit(1) from None


@app.command()
def run() -> None:
    """Start the bot: Slack, clock and web."""
    limit_malloc_arenas()
    settings = read_settings()
    configure(settings.nihito_log)
    # The web server raises these again once it has stopped; the application is closed after that.
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _exit)
    with (
        process_lock.hold(settings.database_url, process_lock.RUN, TICK_WAIT_SECONDS, _tell),
        closing(build(settings)) as application,
    ):
        freeze_gc()
        application.connect()
        application.start_scheduler()
        serve(application.web, settings.listen_address, settings.port)


@app.command()
def demo(
    port: Annotated[int | None, typer.Option(help="Port of the page; PORT otherwise.")] = None,
) -> None:
    """Try everything in a Slack workspace on this machine, with a made-up company."""
    from bot import demo as demonstration  # a running bot does not load the sandbox

    settings = read_settings()
    configure("warning")
    demonstration.serve(port if port is not None else settings.port, out.print)


@app.command()
def tick(
    at: Annotated[
        str | None, typer.Option(help="ISO time with its zone, such as 2026-11-20T09:30+01:00.")
    ] = None,
    dry_run: DryRunOption = False,
) -> None:
    """Make one pass of everything that is due, and say what was sent or held and why."""
    with _tick_lock(dry_run=dry_run), _migrated_services(dry_run=dry_run) as services:
        now = _parse_instant(at) if at else services.clock.now()
        known = services.dry_run() if dry_run else services
        _require_workspace(known)
        outcomes, failed = jobs.tick(known, now)
    if not outcomes and not failed:
        out.print("Nothing is due.")
    for each in outcomes:
        status = f"would be {each.status}" if dry_run else each.status
        out.print(f"{each.kind} {each.target}: {status} ({each.reason})", highlight=False)
    for job in failed:
        why = f"{type(job.error).__name__} at {error_location(job.error)}"
        err.print(f"The job {job.name} failed: {why}. {HINT}", highlight=False)
    if failed:
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """Bring the database to what this version expects."""
    with _open_services() as services:
        migrations.upgrade(services.engine)
    out.print(f"{services.settings.redacted_database_url} is up to date.", highlight=False)


@app.command()
def doctor() -> None:
    """Say what is wrong with the set-up and how to mend it."""
    with _open_services() as services:
        findings = checks.run_checks(services, _read_manifest(), services.clock.now())
    for each in findings:
        mark = "[green]well[/green]" if each.ok else "[red]not well[/red]"
        out.print(f"{mark}  {each.subject}: {escape(each.details)}", highlight=False)
        if not each.ok:
            out.print(f"      {escape(each.remedy)}", highlight=False)
            out.print(f"      More: {each.page}", highlight=False)
    if not all(each.ok for each in findings):
        raise typer.Exit(1)


@app.command()
def explain(
    target: Annotated[str, typer.Argument(help="A reference, @name or id, link, or outbox id.")],
    day: Annotated[
        str | None, typer.Argument(help="For a person: their day, such as 2026-11-30; else today.")
    ] = None,
    log: Annotated[
        typer.FileText | None,
        typer.Option(
            encoding="utf-8", errors="replace", help="The bot's log; - is standard input."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")] = False,
) -> None:
    """Say what is behind a reference, a person's day or a message, from database and log."""
    from bot import explain as explaining  # a running bot does not load it

    with _open_services() as services:
        now = services.clock.now()
        lines, facts = explaining.explain(services, target, day, log, now)
    if as_json:
        typer.echo(json.dumps(facts, indent=2, default=str))
        return
    for line in lines:
        out.print(line, markup=False, highlight=False)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to; readable only by you.", dir_okay=False)],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace FILE if it exists.")
    ] = False,
) -> None:
    """Back up the database to a file while the bot runs (SQLite)."""
    configure("warning")
    made = backups.back_up(read_settings().database_url, file, overwrite=overwrite)
    out.print(f"{file}: {_describe_backup(made)}. It is complete and undamaged.", highlight=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file made by `backup`.", dir_okay=False)],
) -> None:
    """Replace the database by a backup, with the bot stopped (SQLite)."""
    configure("warning")
    settings = read_settings()
    with process_lock.hold(settings.database_url, "restore", TICK_WAIT_SECONDS, _tell):
        done = backups.restore(settings.database_url, file, SystemClock().now())
    target = settings.redacted_database_url
    out.print(f"{target} is {file}: {_describe_backup(done.backup)}.", highlight=False)
    if done.kept:
        out.print(f"What it replaced is kept as {done.kept}.", highlight=False)
    _print_uncertain(done.uncertain)


@app.command()
def restored() -> None:
    """Say that the database was restored by other means, such as pg_restore."""
    with _open_services() as services:
        uncertain = backups.mark_restored(services.engine, services.clock.now())
    out.print(f"{services.settings.redacted_database_url} is up to date.", highlight=False)
    _print_uncertain(uncertain)


def _describe_backup(made: backups.Backup) -> str:
    until = f"{made.until:%Y-%m-%d %H:%M:%S} UTC" if made.until else "never"
    size = f"{made.size / 1_000_000:.1f} MB, {made.rows} rows"
    return f"{size}, revision {made.revision}, last used {until}"


def _print_uncertain(count: int) -> None:
    out.print(
        f"{count} messages may have been sent since: each is looked up in Slack first, and so is "
        "what comes up within a week. `python -m bot doctor` lists what you have to decide.",
        highlight=False,
    )


@app.command()
def redrive(
    kind: Annotated[MessageKind | None, typer.Option(help="Only messages of this kind.")] = None,
    reason: Annotated[str | None, typer.Option(help="Only those refused with this code.")] = None,
    drop: Annotated[bool, typer.Option("--drop", help="Give them up instead.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Put dead letters back to be sent, once what stopped them is mended."""
    with _migrated_services(dry_run=dry_run) as services:
        known = services.dry_run() if dry_run else services
        _require_workspace(known)
        outcomes = redriving.redrive(known, services.clock.now(), kind, reason, drop=drop)
    if not outcomes:
        out.print("There are no such dead letters.")
    done = "given up" if drop else "put back"
    verb = f"would be {done}" if dry_run else done
    for each in outcomes:
        out.print(f"{each.kind} {each.target}: {verb} ({each.reason})", highlight=False)


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help=", ".join(KINDS))],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    dry_run: DryRunOption = False,
) -> None:
    """Load customers, people, contacts, deals, betas or visits from a CSV file."""
    if kind not in KINDS:
        raise typer.BadParameter(f"{kind} is none of {', '.join(KINDS)}")
    with _migrated_services(dry_run=dry_run) as services:
        now = services.clock.now()
        workspace_id = _workspace_id(services, now)
        services_used = services.dry_run() if dry_run else services
        report = _import_file(services_used, workspace_id, kind, file, now)
    _print_report(report, dry_run=dry_run)
    if report.bad:
        raise typer.Exit(1)


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="For signed HTTP: where the bot is reached, https://...")
    ] = None,
) -> None:
    """Print the Slack app manifest: for Socket Mode, or for HTTP at an address."""
    printed = app_manifest.over_http(_read_manifest(), url) if url else _read_manifest()
    typer.echo(json.dumps(printed, indent=2, ensure_ascii=False))


@app.command("check-views")
def check_views(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Ask Slack, without a token, whether it accepts every message and view, however long."""
    from bot.views.samples.registry import validated_samples  # a running bot does not load them

    client = make_validation_client(read_settings().slack_api_url)
    checked = list(validated_samples())
    bar = track(checked, "Checking", console=err, transient=True, disable=not err.is_terminal)
    refusals = [
        {"sample": sample.name, "surface": sample.surface.value, "data": data, **asdict(fault)}
        for data, sample in bar
        for fault in find_faults(client, **sample.validated_as)
    ]
    if as_json:
        typer.echo(json.dumps({"checked": len(checked), "refusals": refusals}, indent=2))
    else:
        _print_refusals(refusals, len(checked))
    if refusals:
        raise typer.Exit(1)


def _print_refusals(refusals: Sequence[Mapping[str, str]], checked: int) -> None:
    for each in refusals:
        where = each["pointer"] or "all of it"
        why = f"{each['message']} ({each['code']})"
        line = f"refused, {each['surface']}, {each['data']} data, {each['sample']}: {where}: {why}"
        out.print(line, markup=False, highlight=False)
    refused = len({(each["sample"], each["data"]) for each in refusals})
    out.print(f"{checked} views checked, {refused} refused", highlight=False)


def _import_file(
    services: Services, workspace_id: str, kind: str, file: Path, now: datetime
) -> imports.ImportReport:
    bar = Progress(console=err, transient=True, disable=not err.is_terminal)
    with file.open("rb") as rows, bar:
        task = bar.add_task(kind, total=None)

        def show(done: int) -> None:
            bar.update(task, completed=done)

        return imports.run(services, workspace_id, kind, rows, now, progress=show)


def _exit(*_: object) -> None:
    raise SystemExit(0)


def _tell(sentence: str) -> None:
    err.print(escape(sentence), highlight=False)


def _tick_lock(*, dry_run: bool) -> AbstractContextManager[None]:
    """Return the lock under which a tick works; a dry run, which saves nothing, needs none."""
    url = read_settings().database_url
    return nullcontext() if dry_run else process_lock.hold(url, "tick", TICK_WAIT_SECONDS, _tell)


@contextmanager
def _open_services() -> Iterator[Services]:
    settings = read_settings()
    # Commands print their own results, and tracebacks only when they are asked for.
    configure("debug" if settings.nihito_log == "debug" else "warning")
    services = build_services(settings, lock_wait_seconds=COMMAND_LOCK_WAIT_SECONDS)
    try:
        yield services
    finally:
        services.engine.dispose()


@contextmanager
def _migrated_services(*, dry_run: bool) -> Iterator[Services]:
    """Yield the services over a database of this version; a dry run does not migrate it."""
    with _open_services() as services:
        if not dry_run:
            migrations.upgrade(services.engine)
        current, newest = migrations.revisions(services.engine)
        if current != newest:
            raise SettingsError("The database is of another version: `python -m bot migrate`.")
        yield services


def _read_manifest() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return read


def _require_workspace(services: Services) -> None:
    """Find out what the process holds a token for; raises `SettingsError` if that can't be told."""
    if not find_reachable(services, services.clock.now()) and workspaces.list_ids(services.engine):
        raise SettingsError("Slack doesn't say which workspace SLACK_BOT_TOKEN is for.")


def _workspace_id(services: Services, now: datetime) -> str:
    """Return the token's workspace, or the only one known when no token is set."""
    if services.settings.slack_bot_token.get_secret_value():
        workspace_id = identify(services, now).workspace_id
        staff.refresh_all(services, workspace_id, now)
        return workspace_id
    known = workspaces.list_ids(services.engine)
    if len(known) != 1:
        raise SettingsError("SLACK_BOT_TOKEN is needed to know which workspace this is for.")
    return known[0]


def _parse_instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not an ISO time") from None
    if at.tzinfo is None:
        raise typer.BadParameter(f"{text} has no zone: add +00:00 or another")
    return at


def _print_report(report: imports.ImportReport, *, dry_run: bool) -> None:
    verb = "would be " if dry_run else ""
    out.print(
        f"{report.kind}: {report.added} {verb}added, {report.changed} {verb}changed, "
        f"{report.unchanged} unchanged, {len(report.bad)} refused",
        highlight=False,
    )
    for row in report.bad:
        err.print(f"refused, {_describe_row(row)}", markup=False, highlight=False)
    for row in report.skipped_cells:
        err.print(f"left out, {_describe_row(row)}", markup=False, highlight=False)
    if report.more:
        err.print(f"and {report.more} more", highlight=False)


def _describe_row(row: BadRow) -> str:
    where = f"line {row.line}, {row.column}" if row.column else f"line {row.line}"
    found = f" found {row.value!r}," if row.value else ""
    return f"{where}:{found} expected {row.expected}"
