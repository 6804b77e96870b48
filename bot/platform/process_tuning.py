"""Memory: how the C library shares it out among threads, and what is searched for garbage."""

import ctypes
import gc
from contextlib import suppress

# glibc's M_ARENA_MAX. As it is, each of some sixty threads gets an arena of its own, and each keeps
# its fragments: the process grows for hours without an object more in it.
M_ARENA_MAX = -8
ARENAS = 2


def limit_malloc_arenas() -> None:
    """Let all threads share two arenas, where the C library has such a thing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def freeze_gc() -> None:
    """Search no longer for garbage among what stands now, such as a house that was just built.

    It stays to the end. A search through all of it would hold up whoever asks meanwhile, and ticks
    make enough objects to set off several.
    """
    gc.collect()
    gc.freeze()
