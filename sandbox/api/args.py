"""Arguments of a Web API call, from a form or from JSON."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.errors import Refused

_TRUE = ("1", "true", "True")
_STRUCTURED = ("blocks", "view", "metadata", "files", "attachments", "users", "message")


class Args(Mapping[str, Any]):
    """The arguments by name; its readers take form values (strings) and JSON values alike."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = {name: value for name, value in raw.items() if value is not None}

    def __getitem__(self, name: str) -> Any:
        return self._raw[name]

    def __iter__(self) -> Any:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def text(self, name: str, default: str = "") -> str:
        return str(self._raw.get(name, default))

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise Refused("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        value = self._raw.get(name, default)
        return value if isinstance(value, bool) else str(value) in _TRUE

    def number(self, name: str, default: int) -> int:
        try:
            return int(self._raw.get(name, default))
        except ValueError:
            raise Refused("invalid_arguments", [f"[ERROR] must be a number: {name}"]) from None

    def listed(self, name: str, error: str = "invalid_arguments") -> list[Any]:
        """Return a list, also from its JSON text; empty when absent."""
        value = _parsed(self._raw.get(name) or [], error)
        if not isinstance(value, list):
            raise Refused(error, [f"[ERROR] must be a list: {name}"])
        return value

    def mapped(self, name: str, error: str = "invalid_arguments") -> dict[str, Any] | None:
        """Return an object, also from its JSON text; None when absent."""
        if self._raw.get(name) in (None, ""):
            return None
        value = _parsed(self._raw[name], error)
        if not isinstance(value, dict):
            raise Refused(error, [f"[ERROR] must be an object: {name}"])
        return value

    def json_value(self, name: str) -> Any:
        """Return any value but null, also from its JSON text; None when absent."""
        return _parsed(self._raw.get(name), "invalid_arguments")

    def decoded(self) -> dict[str, Any]:
        """Return the arguments for the record: decoded from JSON, without the token."""
        return {
            name: _readable(value) if name in _STRUCTURED else value
            for name, value in self._raw.items()
            if name != "token"
        }


def _parsed(value: Any, error: str) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refused(error, ["[ERROR] not JSON"]) from None


def _readable(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
