"""Process tuning: how the C library shares memory among threads, and garbage collection."""

import ctypes
import gc
from contextlib import suppress

# glibc's M_ARENA_MAX. By default each of some sixty threads gets an arena of its own, and each
# keeps its fragments: the process grows for hours without an object more in it.
M_ARENA_MAX = -8
ARENAS = 2


def limit_malloc_arenas() -> None:
    """Limit all threads to two malloc arenas, where the C library has such a thing."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def freeze_gc() -> None:
    """Exempt all current objects from garbage collection, such as a newly built application.

    They stay to the end. A collection through all of them would hold up requests meanwhile, and
    ticks make enough objects to start several.
    """
    gc.collect()
    gc.freeze()
