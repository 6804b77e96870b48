"""Encryption of stored text, with keys that can be rotated."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CannotDecrypt(Exception):
    """No available key can encrypt or decrypt this."""


class Cipher:
    """A cipher that encrypts with the first of its keys, and decrypts with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = [Fernet(key) for key in keys]

    def __bool__(self) -> bool:
        return bool(self._keys)

    def encrypt(self, text: str) -> str:
        """Encrypt a text. Raises `CannotDecrypt` without a key."""
        if not self._keys:
            raise CannotDecrypt
        return self._keys[0].encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Decrypt a token. Raises `CannotDecrypt`."""
        if not self._keys:
            raise CannotDecrypt
        try:
            return MultiFernet(self._keys).decrypt(token).decode()
        except InvalidToken:
            raise CannotDecrypt from None

    def rotate(self, token: str) -> str:
        """Return the token encrypted with the first key; unchanged if it already is.

        Raises `CannotDecrypt`.
        """
        text = self.decrypt(token)
        try:
            self._keys[0].decrypt(token)
        except InvalidToken:
            return self.encrypt(text)
        return token


def parse_keys(setting: str) -> Sequence[str]:
    """Parse the keys in a setting, in their order."""
    return [each for each in (part.strip() for part in setting.split(",")) if each]


def is_key(text: str) -> bool:
    """Return whether a text can be a key."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True
