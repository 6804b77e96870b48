"""Visits to the page over real HTTP."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.person import Person
from sandbox.workspace.state import Channel
from tests.sandbox.page.toy_app import Toy


@dataclass
class Reply:
    status: int
    text: str
    headers: Mapping[str, str]


def fetch(toy: Toy, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Reply:
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(toy.sandbox.url + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return Reply(answer.status, answer.read().decode(), dict(answer.headers))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Reply(refusal.code, refusal.read().decode(), dict(refusal.headers))


def look(toy: Toy, person: Person, place: Channel | str) -> Reply:
    return fetch(toy, f"/as/{person.id}/{place if isinstance(place, str) else place.id}")


def do(toy: Toy, person: Person, place: Channel, act: str, **form: str) -> Reply:
    return fetch(toy, f"/do/{person.id}/{place.id}/{act}", form)
