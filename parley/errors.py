"""What may be refused, in words that every face can tell.

A refusal changes nothing. `code` is for programs and is part of the wire, the text is for people and
says what to do next. Neither ever carries a password, a token or the text of a message.
"""

from typing import ClassVar


class Refused(Exception):
    """A request that was understood and not carried out."""

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "invalid"
    retry_after: float | None = None  # seconds after which the same may work

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.default_code


class Invalid(Refused):
    """The request itself is wrong; sending it again will not help."""


class Unauthenticated(Refused):
    """Nobody is signed in, or the credentials are wrong."""

    status = 401
    default_code = "unauthenticated"


class Denied(Refused):
    """The person is known and may not do this."""

    status = 403
    default_code = "denied"


class NotFound(Refused):
    """There is no such thing, or this person may not know of it."""

    status = 404
    default_code = "not_found"


class Conflict(Refused):
    """The thing is in a state in which this cannot be done."""

    status = 409
    default_code = "conflict"


class TooLarge(Refused):
    """More bytes than are taken."""

    status = 413
    default_code = "too_large"


class TooMany(Refused):
    """Too often or too many; `retry_after` seconds later it may work."""

    status = 429
    default_code = "rate_limited"
    retry_after: float

    def __init__(self, detail: str, *, retry_after: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Broken(Refused):
    """Our own fault: a defect that trying again does not mend. The log has more."""

    status = 500
    default_code = "internal"

    def __init__(self) -> None:
        super().__init__("This failed by a fault of the server; whoever runs it finds the reason in its log.")


class Unavailable(Refused):
    """Not now, through no fault of the caller: try again with the same key."""

    status = 503
    default_code = "unavailable"
    retry_after = 1.0
