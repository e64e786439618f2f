"""How the C library keeps what was freed.

glibc gives each thread an arena of its own, and each of them keeps the most that it ever held. A server has some thirty
threads, of which one at a time runs Python: with two arenas it keeps a third of that (docs/decisions/0021).
"""

import ctypes

M_ARENA_MAX = -8  # malloc.h of glibc
ARENAS = 2


def share_arenas() -> bool:
    """Let all threads share two arenas; to be called before there are threads. False where the C library has none."""
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS))
    except (OSError, AttributeError):
        return False
