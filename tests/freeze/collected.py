"""Collect every name that lives outside the code: in Slack, in databases, in logs and scripts.

No entry comes from the name of a class or a module: those may change, the names below may not.
"""

import ast
import importlib
import json
import pkgutil
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Any

import typer.main
from itsdangerous import Signer
from prometheus_client.metrics import MetricWrapperBase
from sqlalchemy import select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from starlette.routing import Route

from bot.cli import app as command_line
from bot.db.debriefs import saved_drafts
from bot.db.outbox.kinds import MessageKind as OutboxKind
from bot.db.tables.columns import metadata
from bot.domain.debriefs.rules import SavedDraft
from bot.intake.files.kinds import KINDS
from bot.platform.metrics import OutboxLevels
from bot.settings import SECRET_FILES, Settings
from bot.slack.posting import EVENT_TYPE
from bot.views.samples.debriefs import full_draft
from bot.views.samples.registry import samples
from bot.views.samples.sample import SampleData, Surface
from handlers.requests import RequestKind
from handlers.routes import ROUTES
from sandbox.server import Sandbox
from tests.conftest import MANIFEST, ManualClock, open_nihito
from tests.operations.operations_fixture import SECRET_KEY
from tests.support.databases import SqliteFiles
from tests.times import T0

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "scheduler")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
CODE = re.compile(r"[a-z][a-z0-9_]{1,40}(\.[a-z0-9_]+)*")
# Text typed by people, to tell it apart from codes.
TYPED = "Zz"
SAMPLE_DATA = SampleData(TYPED, 3)
MANY = 40


def collect() -> Mapping[str, list[str]]:
    """Return the whole list: sorted entries under each heading."""
    found: dict[str, set[str]] = defaultdict(set)
    _routes(found)
    _views(found)
    _codes(found)
    _tables(found)
    _logs(found)
    _settings(found)
    _commands(found)
    _running(found)
    found["outbox kinds"] = {each.value for each in OutboxKind}
    found["message metadata"] = {f"event_type {EVENT_TYPE}"}
    found["files to import"] = {
        f"{name}: {', '.join(known.columns)}" for name, known in KINDS.items()
    }
    found["codes written as texts"] -= _listed_elsewhere(found)
    return {heading: sorted(entries) for heading, entries in sorted(found.items())}


def _listed_elsewhere(found: Mapping[str, set[str]]) -> set[str]:
    """Return names that need no second line: columns, routes, codes and the like."""
    named = set(found["block ids"] | found["outbox kinds"] | set(metadata.tables))
    named |= {f"{each}.id" for each in metadata.tables}
    named |= {each.name for table in metadata.tables.values() for each in table.columns}
    named |= {str(each.name) for table in metadata.tables.values() for each in table.indexes}
    named |= {name for _, name in ROUTES} | {each.lower() for each in found["settings"]}
    named |= {each.split()[0] for each in found["action ids"]}
    named |= {each.split()[1] for each in found["metrics on the page"] if " " in each}
    for values in found["codes"]:
        named |= set(values.split("|"))
    return named


def routed_actions() -> set[str]:
    """Return the action ids that have a route."""
    return {name for kind, name in ROUTES if kind is RequestKind.ACTION}


def _routes(found: dict[str, set[str]]) -> None:
    for kind, name in ROUTES:
        found["routes"].add(f"{kind.value} {name}")
    features, asked = MANIFEST["features"], MANIFEST["oauth_config"]["scopes"]["bot"]
    lines = [f"scope {each}" for each in asked]
    lines += [f"event {each}" for each in MANIFEST["settings"]["event_subscriptions"]["bot_events"]]
    lines += [f"command {each['command']}" for each in features["slash_commands"]]
    lines += [f"shortcut {each['type']} {each['callback_id']}" for each in features["shortcuts"]]
    found["manifest"] = set(lines)


def _views(found: dict[str, set[str]]) -> None:
    """Add the ids and keys of every message and view, as built from samples."""
    shown = [each for each in samples(SAMPLE_DATA) if each.surface is not Surface.TEXT]
    views = [each.payload for each in shown if each.surface in (Surface.MODAL, Surface.HOME)]
    built = [each.payload for each in shown if each.surface is Surface.MESSAGE]
    values: dict[str, set[str]] = defaultdict(set)
    for view in views:
        name = str(view.get("callback_id", ""))
        found["callback ids"].add(f"{view['type']} {name}" if name else view["type"])
        for key in _keys(str(view.get("private_metadata", ""))):
            found["private metadata"].add(f"{name}: {key}")
    for each in _objects([*built, *views]):
        if "block_id" in each:
            found["block ids"].add(_numberless(each["block_id"]))
        if "action_id" in each:
            found["action ids"].add(f"{each['action_id']} {each['type']}")
            values[each["action_id"]] |= set(_values(each))
    for action, known in values.items():
        shown = known if len(known) <= MANY else {"(many)"}
        found["values of buttons and options"] |= {f"{action} = {each}" for each in shown}


def _values(element: Mapping[str, Any]) -> Iterator[str]:
    for each in _objects(element):
        if isinstance(each.get("value"), str) and each.get("type") != "plain_text_input":
            yield _numberless(each["value"])


def _keys(text: str) -> list[str]:
    with suppress(ValueError):
        held = json.loads(text)
        return list(held) if isinstance(held, dict) else []
    return []


def _numberless(text: str) -> str:
    typed = re.sub(rf"(?:{TYPED})+Z?|(.)\\1{{20,}}", "<text>", str(text))
    return re.sub(r"\d{4}-\d\d-\d\d", "<date>", re.sub(r"\b\d{3,}\b", "#", typed))


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _objects(each)


def _codes(found: dict[str, set[str]]) -> None:
    """Add every enumeration, by its values, and the codes that are string constants."""
    for kind in _enumerations():
        values = sorted(str(each.value) for each in kind)
        if all(isinstance(each.value, str) for each in kind):
            found["codes"].add("|".join(values))
    for tree in _sources():
        for each in _constants(tree):
            if CODE.fullmatch(each):
                found["codes written as texts"].add(each)


def _enumerations() -> Iterator[type[Enum]]:
    for package in PACKAGES:
        for name in _modules(package):
            module = importlib.import_module(name)
            for held in vars(module).values():
                if isinstance(held, type) and issubclass(held, Enum) and held.__module__ == name:
                    yield held


def _modules(package: str) -> Iterator[str]:
    yield package
    folders = importlib.import_module(package).__path__
    for each in pkgutil.walk_packages(folders, f"{package}."):
        if not ({"migrations", "samples", "__main__"} & set(each.name.split("."))):
            yield each.name


def _sources() -> Iterator[ast.Module]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"versions", "samples"} & set(path.parts):
                yield ast.parse(path.read_text(encoding="utf-8"))


def _constants(tree: ast.Module) -> Iterator[str]:
    """Yield strings in constants, and those passed to constructors, as in `Withdraw("left")`."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            yield from _texts(statement.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node)[:1].isupper():
            yield from (
                each.value
                for each in (*node.args, *(keyword.value for keyword in node.keywords))
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.Tuple | ast.List | ast.Set):
        for each in value.elts:
            yield from _texts(each)
    elif isinstance(value, ast.Call) and _called(value) == "frozenset":
        for each in value.args:
            yield from _texts(each)


def _called(call: ast.Call) -> str:
    named = call.func
    return getattr(named, "attr", getattr(named, "id", ""))


def _logs(found: dict[str, set[str]]) -> None:
    for tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_log(node):
                name = node.args[0]
                said = ast.literal_eval(name) if isinstance(name, ast.Constant) else "(computed)"
                fields = " ".join(sorted(each.arg or "**" for each in node.keywords))
                found["log events"].add(f"{_called(node)} {said}: {fields}".rstrip(": "))


def _is_log(call: ast.Call) -> bool:
    # Such as `LOG.info("sent", ...)`.
    holder = getattr(call.func, "value", None)
    logs = isinstance(holder, ast.Name) and holder.id.strip("_").lower() in ("log", "logger")
    return logs and _called(call) in LEVELS and bool(call.args)


def _tables(found: dict[str, set[str]]) -> None:
    """Add the tables as PostgreSQL would create them, a line per column, constraint and index."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    for table in metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=dialect))
        for line in made.splitlines():
            if line.startswith("\t"):
                found["tables"].add(f"{table.name}: {line.strip().rstrip(', ')}")
        for index in table.indexes:
            made = str(CreateIndex(index).compile(dialect=dialect))
            found["indexes"].add(" ".join(made.split()))
    for path in ROOT.glob("bot/**/versions/*.py"):
        text = path.read_text(encoding="utf-8")
        found["migrations"] |= set(re.findall(r'^(revision = ".*")$', text, re.MULTILINE))


def _settings(found: dict[str, set[str]]) -> None:
    for name, field in Settings.model_fields.items():
        found["settings"].add(str(field.validation_alias or field.alias or name).upper())
    found["settings"] |= {name.upper() for name in SECRET_FILES}
    links = Settings(nihito_secret_key=SECRET_KEY).link_signer
    for signer in vars(links).values():
        if isinstance(signer, Signer):
            salt, way = bytes(signer.salt).decode(), signer.key_derivation
            signed = signer.sign("A" * 22).decode()
            found["signed links"].add(f"salt {salt} derived by {way} signs {signed}")


def _commands(found: dict[str, set[str]]) -> None:
    group: Any = typer.main.get_command(command_line)
    for name, command in group.commands.items():
        found["command line"].add(name)
        for each in command.params:
            options = "/".join((*each.opts, *each.secondary_opts))
            optional = "" if each.required else "optional "
            found["command line"].add(f"{name} {optional}{each.param_type_name} {options}")


def _running(found: dict[str, set[str]]) -> None:
    """Add what only a running bot has: its addresses, its jobs and its metrics."""
    clock = ManualClock(T0)
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(manifest=MANIFEST, now=clock.now) as slack,
        open_nihito(slack, clock, SqliteFiles(Path(folder)).new_database()) as nihito,
    ):
        for route in nihito.application.web.routes:
            methods = ",".join(sorted(route.methods or ())) if isinstance(route, Route) else "mount"
            found["addresses"].add(f"{getattr(route, 'path', '')} {methods}")
        for job in nihito.application.start_scheduler().get_jobs():
            seconds = job.trigger.interval.total_seconds()
            found["jobs"].add(f"{job.id} every {seconds:.0f} s")
        words = SavedDraft("key", full_draft(SAMPLE_DATA), T0, T0)
        with nihito.services.transaction(nihito.workspace_id) as tx:
            saved_drafts.save(tx, "U1", words)
            stored = tx.run(select(metadata.tables["unfinished"].c.draft)).scalar_one()
        found["documents in columns"] |= set(_paths(stored, "unfinished.draft"))
        figures = nihito.services.metrics
        for each in vars(figures).values():
            if isinstance(each, MetricWrapperBase):
                labels = ", ".join(each._labelnames)
                found["metrics"].add(f"{each._type} {each._name} {{{labels}}}")
        page = figures.render(OutboxLevels({("a", "b", "c"): 1}, {"a": 1}, 1, 1.0)).decode()
    for line in page.splitlines():
        kind = re.match(r"# TYPE (\S+) (\S+)", line)
        if kind:
            found["metrics on the page"].add(f"{kind[2]} {kind[1]}")
        elif not line.startswith("#"):
            name = line.split("{")[0].split(" ")[0]
            found["metrics on the page"].add(f"{name} {{{', '.join(_labels(line))}}}")


def _labels(line: str) -> list[str]:
    return [each for each in re.findall(r'[{,](\w+)="', line) if each != "le"]


def _paths(document: object, path: str) -> Iterator[str]:
    """Yield the paths of a document's values, such as `draft.pains[].what`."""
    if isinstance(document, Mapping):
        for name, each in document.items():
            yield from _paths(each, f"{path}.{name}")
    elif isinstance(document, list | tuple):
        for each in document:
            yield from _paths(each, f"{path}[]")
    else:
        yield path
