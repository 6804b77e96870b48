"""Record all traffic between Slack and the bot, in a form that is the same each time."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any
from zlib import crc32

from sqlalchemy import select

from bot.db.tables.columns import metadata
from handlers.requests import RequestKind
from sandbox.call_record import Call
from sandbox.delivery.payload_delivery import DeliveryResult
from tests.conftest import Nihito

# What differs from run to run, and its replacement: "" for a numbered one.
REPLACEMENTS: tuple[tuple[str, str, str], ...] = (
    ("address", r"http://127\.0\.0\.1:\d+", "http://here"),
    ("port", r"(?<=\.example):\d+", ":port"),
    ("trigger", r"\b\d+\.1\.sandbox\b", "<trigger>"),
    ("answer to", r"\bR\d{7}\b", "<answer>"),
    ("token", r"(?<![\w-])[\w-]{22}\.[\w-]{43}(?![\w-])", ""),
    ("encrypted", r"gAAAA[\w=-]+", "<encrypted>"),
    ("ts", r"\b\d{10}\.\d{6}\b", ""),
    ("id", r"\b[0-9a-f]{32}\b", ""),
    ("view", r"\bV\d{7}\b", ""),
    ("file", r"\bF\d{7}\b", ""),
    ("who", r"\b[UCD]\d{7}\b", ""),
)
# The inbox repeats the payloads above; these columns are the same in every row, or say nothing.
LEFT_OUT = {"inbox"}
PASSING = {"lease_owner", "lease_until", "first_tried_at", "workspace_id"}

# What is never shortened; anything else is, unless it is as short as its replacement.
NAMES = ("action_id", "block_id", "type")
NEVER_SHORTENED = {"modal", "home"}
SHORT = 110


class Recorder:
    """The transcript of one run: a line for each event, added to `lines`."""

    def __init__(self, nihito: Nihito, lines: list[str]) -> None:
        self.nihito = nihito
        self.lines = lines
        self.used: set[tuple[RequestKind, str]] = set()
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._seen: set[str] = set()
        self._calls = self._files = 0
        self._send = nihito.slack.delivery.send
        nihito.slack.delivery.send = self._recorded  # type: ignore[method-assign]

    def heading(self, words: str) -> None:
        """Begin a part of the transcript."""
        self.lines += ["", f"== {words}"]

    def note(self, what: str, value: object) -> None:
        """Write down something that is neither sent nor asked."""
        self.lines.append(f"{what} {self._plain(value)}")

    def tick_at(self, at: datetime) -> None:
        """Run the clock's jobs, and write down the outcomes."""
        outcomes = self.nihito.tick_at(at)
        self.nihito.wait_until_idle()
        told = sorted(
            f"{each.kind} for {self._plain(each.target)}: {each.status} {each.reason}".strip()
            for each in outcomes
        )
        calls = self._new_calls()
        if told or calls:
            self.lines += ["", f"-- clock {at:%a %d %b %H:%M}"]
            self.lines += [f"outcome {each}" for each in told]
            self._write(calls)

    def _recorded(self, kind: Any, build: Any) -> DeliveryResult:
        """Deliver one payload, wait until it is done, and write everything down."""
        self._write_late()
        sent: list[Mapping[str, Any]] = []

        def built() -> dict[str, Any]:
            payload: dict[str, Any] = build()
            sent.append(json.loads(json.dumps(payload)))
            return payload

        delivered = self._send(kind, built)
        self.nihito.wait_until_idle()
        route, words = described(kind, sent[0])
        self.used.add(route)
        at = self.nihito.clock.at
        self.lines += ["", f"-- {self._name(words)} at {at:%a %d %b %H:%M}"]
        body = self._brief(delivered.body) if delivered.body else ""
        self.lines.append(f"ack {delivered.status} {body}".rstrip())
        self._write(self._new_calls())
        return delivered

    def _name(self, words: str) -> str:
        return self._plain(words).strip('"')

    def _new_calls(self) -> list[Call]:
        calls = list(self.nihito.slack.calls[self._calls :])
        self._calls += len(calls)
        return calls

    def _write_late(self) -> None:
        late = self._new_calls()
        if late:
            self.lines.append("-- late")
            self._write(late)

    def _write(self, calls: Iterable[Call]) -> None:
        """Write the calls in an order that doesn't depend on chance: by place, then by text."""
        for call in sorted(calls, key=self._order):
            failed = "" if call.ok else f" -> {call.error or call.status}"
            self.lines.append(f"call {call.method}{failed} {self._brief(call.args)}")
        files = list(self.nihito.slack.workspace.files.values())
        for each in files[self._files :]:
            if each.mimetype.startswith("text") or each.name.endswith(".ics"):
                self.note(f"file {each.name}", each.content.decode())
        self._files = len(files)

    def _order(self, call: Call) -> tuple[str, ...]:
        args = call.args
        place = next((str(args[each]) for each in ("channel", "users", "user") if each in args), "")
        owner = self._owner(place)
        bare = json.dumps(args.get("blocks") or args.get("view") or "", sort_keys=True)
        return owner, str(args.get("text", "")), re.sub(r"\d{10}\.\d{6}|[0-9a-f]{32}", "", bare)

    def _owner(self, place: str) -> str:
        channel = self.nihito.slack.workspace.channels.get(place)
        mine = [each for each in channel.members if each[0] == "U"] if channel else []
        return mine[-1] if channel and channel.kind == "im" and mine else place

    def _brief(self, value: Mapping[str, Any]) -> str:
        """Return a value as JSON, with parts shown before replaced by their checksums."""
        told = json.loads(self._plain(value))
        shown = {name: self._shortened(each) for name, each in told.items()}
        return json.dumps(shown, ensure_ascii=False, sort_keys=True)

    def _shortened(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._shortened(each) for each in value]
        if not isinstance(value, dict):
            return value
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        if value.get("type") not in NEVER_SHORTENED and len(text) >= SHORT:
            named = (str(value[each]) for each in NAMES if each in value)
            name = f"{next(named, 'part')} {crc32(text.encode()):08x}"
            if name in self._seen:
                return f"as before: {name}"
            self._seen.add(name)
            value = {"(name)": name, **value}
        return {key: self._shortened(each) for key, each in value.items()}

    def _plain(self, value: object) -> str:
        """Return a value as one line of JSON, with everything random replaced."""
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=_shown)
        for kind, pattern, instead in REPLACEMENTS:
            text = re.sub(
                pattern, lambda found, k=kind, i=instead: i or self._numbered(k, found[0]), text
            )
        return text

    def _numbered(self, kind: str, found: str) -> str:
        if found not in self._known:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self._known[found] = self._named(found) or f"<{kind} {self._counts[kind]}>"
            if kind == "token":
                # The same id is in the database, without its signature.
                self._known[found.partition(".")[0]] = self._known[found]
        return self._known[found]

    def _named(self, found: str) -> str:
        workspace = self.nihito.slack.workspace
        if found in workspace.users:
            return f"@{workspace.users[found].name}"
        channel = workspace.channels.get(found)
        if channel is None:
            return ""
        if channel.kind != "im":
            return f"#{channel.name}"
        (person,) = (each for each in channel.members if each != workspace.installation.bot_user_id)
        return f"@{workspace.users[person].name}'s conversation"

    def database(self) -> None:
        """Write all rows, without the columns that are the same in each or only temporary."""
        with self.nihito.services.engine.connect() as connection:
            for table in metadata.sorted_tables:
                if table.name in LEFT_OUT:
                    continue
                rows = [
                    {k: v for k, v in row.items() if v is not None and k not in PASSING}
                    for row in connection.execute(select(table)).mappings()
                ]
                self.heading(f"table {table.name}")
                shown = [self._row(each) for each in rows]
                self.lines += sorted(shown)

    def _row(self, row: Mapping[str, Any]) -> str:
        text = self._plain(row)
        for raw, shown in self._known.items():
            if len(raw) == 22:
                text = text.replace(raw, shown)
        return text


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date | time) else str(value)


def described(kind: str, payload: Mapping[str, Any]) -> tuple[tuple[RequestKind, str], str]:
    """Return the route of a payload, and a line that says who does what."""
    if kind == "slash_commands":
        words = f"{payload['user_id']} types {payload['command']} {payload.get('text', '')}"
        return (RequestKind.COMMAND, payload["command"]), words.strip()
    if kind == "events_api":
        event = payload["event"]
        user = event.get("user")
        who = user["id"] if isinstance(user, Mapping) else user
        return (RequestKind.EVENT, event["type"]), f"event {event['type']} of {who}"
    route, words = _interaction(payload)
    return route, f"{payload['user']['id']} {words}"


def _interaction(payload: Mapping[str, Any]) -> tuple[tuple[RequestKind, str], str]:
    kind = payload["type"]
    if kind == "block_actions":
        action = payload["actions"][0]
        chosen = _value(action)
        told = f" = {chosen}" if chosen is not None else ""
        words = f"uses {action['action_id']} in {action['block_id']}{told}"
        return (RequestKind.ACTION, action["action_id"]), words
    if kind == "block_suggestion":
        words = f"searches {payload['action_id']} for '{payload['value']}'"
        return (RequestKind.OPTIONS, payload["action_id"]), words
    if kind in ("shortcut", "message_action"):
        return (RequestKind.SHORTCUT, payload["callback_id"]), f"runs {payload['callback_id']}"
    name, typed = payload["view"]["callback_id"], dict(_typed(payload["view"]))
    if kind == "view_closed":
        return (RequestKind.CLOSED, name), f"closes {name}"
    shown = json.dumps(typed, ensure_ascii=False, sort_keys=True).replace('"', "'")
    return (RequestKind.SUBMISSION, name), f"submits {name} {shown}"


def _typed(view: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for block, held in view["state"]["values"].items():
        for entry in held.values():
            value = _value(entry)
            if value not in (None, []):
                yield block, value


def _value(entry: Mapping[str, Any]) -> Any:
    for name in ("selected_option", "selected_options", "files"):
        if name in entry:
            held = entry[name]
            several = held if isinstance(held, list) else [held] if held else []
            plain = [each.get("value", each.get("id")) for each in several]
            return plain if name != "selected_option" else next(iter(plain), None)
    known = [name for name in entry if name.startswith("selected_") or name == "value"]
    return entry[known[0]] if known else None
