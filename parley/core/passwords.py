"""Passwords: Argon2id, a few at a time, and the same time spent for names nobody has."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from parley.errors import Invalid, Unavailable

SHORTEST = 8
LONGEST = 200
AT_ONCE = 4  # hashes; each takes 19 MiB and a core
PATIENCE = 10.0  # seconds in the queue for a hash

# Argon2id with 19 MiB, 2 passes, 1 lane: the OWASP Password Storage Cheat Sheet, fit for a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_nobody = _hasher.hash("the password of nobody")
_seats = threading.BoundedSemaphore(AT_ONCE)


def check(password: str) -> str:
    """A password fit for a new account or a change. Raises Invalid with the reason."""
    if len(password) < SHORTEST:
        raise Invalid(f"The password needs at least {SHORTEST} characters.", code="password_too_short")
    if len(password) > LONGEST:
        raise Invalid(f"The password may have at most {LONGEST} characters.", code="password_too_long")
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise Invalid("The password holds characters that are no text.", code="invalid_text")
    return password


def hash(password: str) -> str:
    """Hash a new password. Raises Unavailable when too many are waiting."""
    with _seat():
        return _hasher.hash(check(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; for None, a name nobody has, the same work with the answer no."""
    if len(password) > LONGEST:
        return False
    with _seat():
        try:
            right = _hasher.verify(password_hash or _nobody, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False
        return right and password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether it was hashed with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@contextmanager
def _seat() -> Iterator[None]:
    if not _seats.acquire(timeout=PATIENCE):
        raise Unavailable("Too many people are signing in at once; try again in a moment.")
    try:
        yield
    finally:
        _seats.release()
