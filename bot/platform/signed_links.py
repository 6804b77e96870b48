"""Links: an id that nobody guesses, signed so that we know our own without looking it up."""

import hashlib
import re
import secrets
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

ID_BYTES = 16
# 128 bits of id and 256 of signature, each in the letters that an address may have.
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")


class LinkSigner:
    """Signs ids with the first of its keys, and knows what any of them has signed."""

    def __init__(self, keys: Sequence[str], purpose: str) -> None:
        # The library signs with the last one, and derives one for the purpose from each.
        self._signer = Signer(
            list(reversed(keys)),
            salt=f"nihito.{purpose}",
            key_derivation="hmac",
            digest_method=hashlib.sha256,
        )

    @staticmethod
    def new_id() -> str:
        """A new id."""
        return secrets.token_urlsafe(ID_BYTES)

    def sign(self, key: str) -> str:
        """What stands in an address for an id."""
        return self._signer.sign(key).decode()

    def unsign(self, token: str) -> str | None:
        """The id, or None for what we did not sign; it takes microseconds and asks nobody."""
        if not TOKEN.fullmatch(token):
            return None
        signature = token.rpartition(".")[2]
        # The last letter has bits to spare: four letters would stand for one signature.
        if base64_encode(base64_decode(signature)).decode() != signature:
            return None
        try:
            return self._signer.unsign(token).decode()
        except BadSignature:
            return None
