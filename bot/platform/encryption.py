"""The safe: what is kept encrypted, under keys that can be changed."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CannotDecrypt(Exception):
    """No key at hand opens this."""


class Cipher:
    """Encrypts with the first of its keys, and opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [Fernet(key) for key in keys]

    def __bool__(self) -> bool:
        return bool(self._keys)

    def encrypt(self, text: str) -> str:
        """The text, encrypted. Raises `Locked` without a key."""
        if not self._keys:
            raise CannotDecrypt
        return self._keys[0].encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """What was encrypted. Raises `Locked`."""
        if not self._keys:
            raise CannotDecrypt
        try:
            return MultiFernet(self._keys).decrypt(token).decode()
        except InvalidToken:
            raise CannotDecrypt from None

    def rotate(self, token: str) -> str:
        """The same under the first key; as it is when it stands under that. Raises `Locked`."""
        text = self.decrypt(token)
        try:
            self._keys[0].decrypt(token)
        except InvalidToken:
            return self.encrypt(text)
        return token


def parse_keys(setting: str) -> Sequence[str]:
    """The keys in a setting, in their order."""
    return [each for each in (part.strip() for part in setting.split(",")) if each]


def is_key(text: str) -> bool:
    """Whether a text can be a key."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True
