"""Responses as the inbox stores them: encrypted with a key that only a repeat of the payload has.

What people read in a response, such as a customer's words, would otherwise outlive its deletion.
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from bot.platform.encryption import Cipher

Json = Mapping[str, Any]
ENCRYPTED = "encrypted"


def encrypt(response: Json, body: Json) -> Json:
    """Encrypt the response to a payload; an empty one stays as it is."""
    return {ENCRYPTED: _cipher(body).encrypt(json.dumps(response))} if response else {}


def decrypt(stored: Json, body: Json) -> Json:
    """Decrypt a stored response with the payload that it answers.

    Raises `CannotDecrypt` if it answers another one.
    """
    if ENCRYPTED not in stored:
        return stored
    response: Json = json.loads(_cipher(body).decrypt(stored[ENCRYPTED]))
    return response


def _cipher(body: Json) -> Cipher:
    # Not the hash that a payload without an id is stored under: the prefix tells them apart.
    text = "response:" + json.dumps(body, sort_keys=True)
    return Cipher([urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()])
