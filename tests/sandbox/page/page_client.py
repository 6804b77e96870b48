"""Requests to the page over real HTTP."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.person import Person
from sandbox.workspace.state import Channel
from tests.sandbox.page.toy_app import Toy


@dataclass
class PageReply:
    status: int
    text: str
    headers: Mapping[str, str]


def fetch(toy: Toy, path: str, form: Mapping[str, str] | None = None, **headers: str) -> PageReply:
    data = urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(toy.sandbox.url + path, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return PageReply(answer.status, answer.read().decode(), dict(answer.headers))
    except urllib.error.HTTPError as refusal:
        with refusal:
            return PageReply(refusal.code, refusal.read().decode(), dict(refusal.headers))


def get_page(toy: Toy, person: Person, place: Channel | str) -> PageReply:
    return fetch(toy, f"/as/{person.id}/{place if isinstance(place, str) else place.id}")


def post_action(toy: Toy, person: Person, place: Channel, act: str, **form: str) -> PageReply:
    return fetch(toy, f"/do/{person.id}/{place.id}/{act}", form)
