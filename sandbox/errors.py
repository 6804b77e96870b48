"""Refusals of Web API methods."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.limits import Problem


class Refused(Exception):
    """A refusal, sent as `{"ok": false, "error": code}`; `messages` go to response_metadata."""

    def __init__(
        self, code: str, messages: Iterable[str] = (), extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.messages = list(messages)
        self.extra = dict(extra or {})

    @classmethod
    def because_of(cls, problems: Iterable[Problem]) -> "Refused":
        listed = list(problems)
        return cls(listed[0].code, (f"[ERROR] {p.text} [json-pointer:{p.pointer}]" for p in listed))

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.extra}
        if self.messages:
            answer["response_metadata"] = {"messages": self.messages}
        return answer


def refuse_if(problems: Iterable[Problem]) -> None:
    listed = list(problems)
    if listed:
        raise Refused.because_of(listed)
