"""Sessions, API tokens and the cookie that carries one."""

from datetime import UTC, datetime, tzinfo
from typing import Self

import pytest

from parley.core import sessions
from parley.core.sessions import Cookies, Issue, Issued, Renew, SignOut
from parley.errors import Unauthenticated
from parley.signals import Signal
from tests.stores import Place


@pytest.fixture
def issued(place: Place) -> Issued:
    token: Issued = place.run(Issue(place.register("ann"), "session"))
    return token


def test_the_database_holds_no_secret(place: Place, issued: Issued) -> None:
    assert issued.secret not in str(place.rows("tokens"))
    assert sessions.digest(issued.secret) in str(place.rows("tokens"))


def test_a_session_lives_until_it_is_signed_out(place: Place, issued: Issued) -> None:
    session = sessions.find(place.store, issued.secret)
    assert (session.token, session.nickname, session.kind) == (issued.token, "ann", "session")
    place.run(SignOut(session))
    place.run(SignOut(session))
    with pytest.raises(Unauthenticated):
        sessions.find(place.store, issued.secret)
    assert sessions.living(place.store, [issued.token]) == set()
    assert place.committed[-1].signals == [Signal("tokens", session.user)]
    place.run(Renew(session))
    with pytest.raises(Unauthenticated):
        sessions.find(place.store, issued.secret)


@pytest.mark.parametrize("secret", ["", "x", "half \ud83d of a pair", "a\x00b"])
def test_an_unknown_token_is_nobody(place: Place, secret: str) -> None:
    with pytest.raises(Unauthenticated):
        sessions.find(place.store, secret)


def test_a_session_ends_by_itself_and_is_swept_by_the_next(
    place: Place, issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sessions.find(place.store, issued.secret)
    assert not sessions.aging(session)
    assert sessions.aging(session._replace(expires_at=datetime.now(UTC) + sessions.RENEWED_BELOW))

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(session.expires_at.timestamp(), tz)

    with monkeypatch.context() as patch:
        patch.setattr(sessions, "datetime", Later)
        with pytest.raises(Unauthenticated):
            sessions.find(place.store, issued.secret)
        assert sessions.living(place.store, [issued.token]) == set()
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "LIFETIME", -sessions.LIFETIME)
        place.run(Renew(session))
    place.run(Issue(session.user, "api"))
    assert [row[0] for row in place.rows("tokens")] == [issued.token + 1]


def test_a_session_in_use_is_renewed(place: Place, issued: Issued) -> None:
    session = sessions.find(place.store, issued.secret)
    assert place.run(Renew(session)) > session.expires_at
    assert sessions.find(place.store, issued.secret).expires_at > session.expires_at


def test_a_forged_cookie_is_told_without_the_database() -> None:
    cookies = Cookies("the key")
    sealed = cookies.seal("secret")
    assert cookies.open(sealed) == "secret"
    flipped = sealed[:-1] + ("A" if sealed[-1] != "A" else "B")
    for forged in ("", "secret", flipped, "x" + sealed, Cookies("another key").seal("secret"), "é", "\ud83d", "\xff."):
        with pytest.raises(Unauthenticated):
            cookies.open(forged)
