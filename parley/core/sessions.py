"""Sessions and API tokens: random secrets, of which the database holds only the SHA-256."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from itsdangerous import BadSignature, Signer

from parley.errors import Unauthenticated
from parley.signals import Signal
from parley.store import tokens
from parley.store.batch import Batch, Command
from parley.store.store import Store
from parley.store.tokens import Kind

LIFETIME = timedelta(days=90)
NOTED_EVERY = timedelta(hours=1)
RENEWED_BELOW = timedelta(days=60)  # so that a session in use is written once a month, not at each visit


class Session(NamedTuple):
    """Somebody who has shown a good token."""

    token: int
    user: int
    nickname: str
    kind: str
    expires_at: datetime
    used_at: datetime | None = None
    hides_typing: bool | None = None


class Issued(NamedTuple):
    """A new token. The secret is shown once, to whoever signed in."""

    secret: str
    token: int
    expires_at: datetime


def new_secret() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the database holds of a token."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def find(store: Store, secret: str) -> Session:
    """Who this token belongs to. Raises Unauthenticated when it is unknown, expired or its owner banned."""
    return known(find_all(store, [secret]).get(secret))


def find_all(store: Store, secrets: Sequence[str]) -> dict[str, Session]:
    """Who these tokens belong to; without those that are unknown, expired or of banned people. One query."""
    by_hash = {digest(secret): secret for secret in secrets}
    with store.reading() as connection:
        rows = tokens.by_hash(connection, list(by_hash))
    now = datetime.now(UTC)
    return {by_hash[row.hash]: Session(*row[1:]) for row in rows if row.expires_at > now}


def known(session: Session | None) -> Session:
    """The session, if there is one. Raises Unauthenticated."""
    if session is None:
        raise Unauthenticated("You are not signed in, or no longer. Sign in again.")
    return session


class Cookies:
    """The session cookie: a token signed with the secret key, so that a forged one costs no query."""

    NAME = "parley"

    def __init__(self, secret_key: str) -> None:
        self._signer = Signer(secret_key, salt="parley.session", digest_method=hashlib.sha256)

    def seal(self, secret: str) -> str:
        """The value of the cookie for a token."""
        return self._signer.sign(secret).decode()

    def open(self, value: str) -> str:
        """The token in a cookie. Raises Unauthenticated when we did not make it."""
        try:
            return self._signer.unsign(value.encode("utf-8", "surrogatepass")).decode()
        except (BadSignature, UnicodeDecodeError):
            raise Unauthenticated("The session cookie is not valid. Sign in again.") from None


@dataclass(slots=True)
class Issue(Command):
    """Make a token for somebody whose password was right."""

    user: int
    kind: Kind
    label: str = ""
    device: str = ""

    def apply(self, batch: Batch) -> Issued:
        """Also throws away the tokens that have expired."""
        tokens.drop_expired(batch.connection, batch.now)
        secret = new_secret()
        expires_at = batch.now + LIFETIME
        token = tokens.add(
            batch.connection,
            user=self.user,
            kind=self.kind,
            hash=digest(secret),
            label=self.label,
            device=self.device,
            now=batch.now,
            expires_at=expires_at,
        )
        return Issued(secret, token, expires_at)


@dataclass(slots=True)
class Renew(Command):
    """Let a session that is in use live on."""

    session: Session

    def apply(self, batch: Batch) -> datetime:
        """The new end."""
        tokens.extend(batch.connection, self.session.token, batch.now + LIFETIME)
        return batch.now + LIFETIME


def used_again(session: Session, now: datetime) -> bool:
    """Whether it is worth noting that a session is in use: once an hour it is."""
    return session.used_at is None or now - session.used_at > NOTED_EVERY


def aging(session: Session) -> bool:
    """Whether a session in use should be renewed."""
    return session.expires_at - datetime.now(UTC) < RENEWED_BELOW


@dataclass(slots=True)
class SignOut(Command):
    """Forget one token; the sockets that it opened are closed."""

    session: Session

    def apply(self, batch: Batch) -> None:
        """Signing out twice is signing out once."""
        tokens.drop(batch.connection, self.session.token)
        batch.signals.append(Signal("tokens", self.session.user))


def living(store: Store, numbers: Sequence[int]) -> set[int]:
    """Those of these tokens that still open the door."""
    with store.reading() as connection:
        return tokens.living(connection, numbers, datetime.now(UTC))
