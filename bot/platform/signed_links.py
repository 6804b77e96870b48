"""Signed links: an unguessable id, signed to recognise our own without looking it up."""

import hashlib
import re
import secrets
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

ID_BYTES = 16
# 128 bits of id and 256 of signature, each in URL-safe characters.
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")


class LinkSigner:
    """A signer of ids with the first of its keys; it accepts signatures of any of them."""

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        # The library signs with the last key, and derives one for the purpose from each.
        self._signer = Signer(
            list(reversed(keys)),
            salt=f"nihito.{purpose}",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )

    @staticmethod
    def new_id() -> str:
        """Return a new id."""
        return secrets.token_urlsafe(ID_BYTES)

    def sign(self, key: str) -> str:
        """Return the token for an id, as it appears in a URL."""
        return self._signer.sign(key).decode()

    def unsign(self, token: str) -> str | None:
        """Return a token's id; None for what we did not sign. Takes microseconds and no query."""
        if not TOKEN.fullmatch(token):
            return None
        signature = token.rpartition(".")[2]
        # The last character has spare bits: four characters would stand for one signature.
        if base64_encode(base64_decode(signature)).decode() != signature:
            return None
        try:
            return self._signer.unsign(token).decode()
        except BadSignature:
            return None
