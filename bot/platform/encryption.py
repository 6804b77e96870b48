"""The safe: what is kept encrypted, under keys that can be changed."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Locked(Exception):
    """No key at hand opens this."""


class Safe:
    """Encrypts with the first of its keys, and opens with any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._each = [Fernet(key) for key in keys]

    def __bool__(self) -> bool:
        return bool(self._each)

    def shut(self, text: str) -> str:
        """The text, encrypted. Raises `Locked` without a key."""
        if not self._each:
            raise Locked
        return self._each[0].encrypt(text.encode()).decode()

    def open(self, shut: str) -> str:
        """What was encrypted. Raises `Locked`."""
        if not self._each:
            raise Locked
        try:
            return MultiFernet(self._each).decrypt(shut).decode()
        except InvalidToken:
            raise Locked from None

    def renewed(self, shut: str) -> str:
        """The same under the first key; as it is when it stands under that. Raises `Locked`."""
        text = self.open(shut)
        try:
            self._each[0].decrypt(shut)
        except InvalidToken:
            return self.shut(text)
        return shut


def keys_of(setting: str) -> Sequence[str]:
    """The keys in a setting, in their order."""
    return [each for each in (part.strip() for part in setting.split(",")) if each]


def is_key(text: str) -> bool:
    """Whether a text can be a key."""
    try:
        Fernet(text)
    except ValueError:
        return False
    return True
