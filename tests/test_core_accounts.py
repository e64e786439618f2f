"""Registering, signing in, changing and banning."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from parley.core import accounts, passwords, sessions
from parley.core.accounts import Ban, ChangeAccount, UnknownName
from parley.core.sessions import Issue
from parley.errors import Conflict, Invalid, Refused, Unauthenticated, Unavailable
from parley.signals import Signal
from parley.store import rooms, users
from tests.stores import PATIENCE, Place

PASSWORD = "correct horse"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with little work: what is tested here is not how much."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every piece of work that the hasher was given."""
    calls: list[str] = []
    real = passwords._hasher

    class Counting:
        def hash(self, password: str) -> str:
            calls.append("hash")
            return real.hash(password)

        def verify(self, hash: str, password: bytes) -> bool:
            calls.append("verify")
            return real.verify(hash, password)

        def check_needs_rehash(self, hash: str) -> bool:
            return real.check_needs_rehash(hash)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    return calls


def register(place: Place, name: str) -> int:
    number: int = place.run(accounts.registration(place.store, name, PASSWORD)).id
    return number


def signals(place: Place) -> list[Signal]:
    return [signal for committed in place.committed for signal in committed.signals]


def test_a_new_name_is_in_the_general_room_whose_log_says_so(place: Place) -> None:
    registered = place.run(accounts.registration(place.store, "  Ann  Lee ", PASSWORD))
    assert registered.nickname == "Ann Lee"
    [entry] = place.log()
    assert (entry.kind, entry.author, entry.source, entry.html) == ("join", registered.id, "Ann Lee joined", "")
    with place.store.reading() as connection:
        standing = rooms.standing(connection, place.general, registered.id)
    assert standing is not None
    assert standing.seat is not None
    assert accounts.verify(place.store, "ann LEE", PASSWORD).id == registered.id
    assert PASSWORD not in str(place.rows("users"))


@pytest.mark.parametrize("name", ["Straße", "strasse", "ＳＴＲＡＳＳＥ"])
def test_a_taken_name_is_taken_however_it_is_written(place: Place, name: str) -> None:
    register(place, "STRASSE")
    with pytest.raises(Invalid) as caught:
        accounts.registration(place.store, name, PASSWORD)
    assert caught.value.code == "taken"


def test_of_two_who_want_a_name_at_once_one_gets_it(place: Place) -> None:
    commands = [accounts.registration(place.store, name, PASSWORD) for name in ("Ann", "ANN")]
    first, second = place.all_at_once(commands)
    assert first.nickname == "Ann"
    assert isinstance(second, Invalid)
    assert second.code == "taken"
    assert len(place.rows("users")) == len(place.log()) == 1


def test_of_those_who_come_first_at_once_one_owns_the_general_room(place: Place) -> None:
    ann, bob = place.all_at_once([accounts.Register(name, "no hash", place.general) for name in ("ann", "bob")])
    with place.store.reading() as connection:
        seats = [rooms.standing(connection, place.general, each.id) for each in (ann, bob)]
    assert [each.seat.role for each in seats if each and each.seat] == ["owner", "member"]


def test_the_longest_key_of_a_name_fits(place: Place) -> None:
    name = "\ufdfa" * 32  # NFKC makes 18 characters of each
    number = register(place, name)
    assert accounts.verify(place.store, name, PASSWORD).id == number


@pytest.mark.parametrize(
    ("password", "code"),
    [("1234567", "password_too_short"), ("x" * 201, "password_too_long"), ("half of \ud83d a pair", "invalid_text")],
)
def test_a_password_that_will_not_do_is_refused_before_any_work(
    small: Place, hashed: list[str], password: str, code: str
) -> None:
    ann = register(small, "ann")
    hashed.clear()
    for attempt in (
        lambda: accounts.registration(small.store, "bob", password),
        lambda: accounts.change(ann, small.general, nickname=None, password=password),
    ):
        with pytest.raises(Invalid) as caught:
            attempt()
        assert caught.value.code == code
        assert password not in caught.value.detail
    assert hashed == []


def test_signing_in_wants_the_password(small: Place) -> None:
    ann = register(small, "ann")
    assert accounts.verify(small.store, "Ann", PASSWORD).id == ann
    for wrong in ("", "Correct horse", PASSWORD + " ", "x" * 201, "half \ud83d of a pair"):
        with pytest.raises(Unauthenticated) as caught:
            accounts.verify(small.store, "ann", wrong)
        assert caught.value.code == "wrong_password"


def test_an_unknown_name_takes_as_much_work_as_a_known_one(small: Place, hashed: list[str]) -> None:
    register(small, "ann")
    work = {}
    for name in ("ann", "nobody"):
        for password in ("wrong password", "x" * 201):
            hashed.clear()
            with pytest.raises(Refused):
                accounts.verify(small.store, name, password)
            work[name, len(password)] = list(hashed)
    assert work["ann", 14] == work["nobody", 14] == ["verify"]
    assert work["ann", 201] == work["nobody", 201] == []
    with pytest.raises(UnknownName):
        accounts.verify(small.store, "nobody", "the password of nobody")


def test_a_banned_person_is_told_only_with_the_right_password(small: Place) -> None:
    ann = register(small, "ann")
    small.run(Ban(ann, True))
    for password, code in ((PASSWORD, "banned"), ("wrong", "wrong_password")):
        with pytest.raises(Unauthenticated) as caught:
            accounts.verify(small.store, "ann", password)
        assert caught.value.code == code
    small.run(Ban(ann, False))
    accounts.verify(small.store, "ann", PASSWORD)


def test_a_password_hashed_with_less_work_is_hashed_again(small: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = register(small, "ann")
    session = small.run(Issue(ann, "session"))
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    before = accounts.verify(small.store, "ann", PASSWORD).password_hash
    after = accounts.verify(small.store, "ann", PASSWORD).password_hash
    assert passwords.outdated(before)
    assert not passwords.outdated(after)
    sessions.find(small.store, session.secret)


def test_only_a_few_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0
    lock, full, free = threading.Lock(), threading.Event(), threading.Event()

    class Slow:
        def hash(self, _: str) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
                if running == passwords.AT_ONCE:
                    full.set()
            free.wait(PATIENCE)
            with lock:
                running -= 1
            return "hash"

    monkeypatch.setattr(passwords, "_hasher", Slow())
    with ThreadPoolExecutor(3 * passwords.AT_ONCE) as pool:
        futures = [pool.submit(passwords.hash, PASSWORD) for _ in range(3 * passwords.AT_ONCE)]
        assert full.wait(PATIENCE)
        with monkeypatch.context() as patch:
            patch.setattr(passwords, "PATIENCE", 0.01)
            with pytest.raises(Unavailable, match="Too many"):
                passwords.verify(None, PASSWORD)
        free.set()
        assert [future.result(PATIENCE) for future in futures] == ["hash"] * len(futures)
    assert most == passwords.AT_ONCE


def test_a_new_password_ends_every_session_and_says_so(place: Place) -> None:
    ann, bob = register(place, "ann"), register(place, "bob")
    ours = [place.run(Issue(ann, kind)) for kind in ("session", "api")]
    others = place.run(Issue(bob, "session"))
    place.run(accounts.change(ann, place.general, nickname=None, password="another horse"))
    for issued in ours:
        with pytest.raises(Unauthenticated):
            sessions.find(place.store, issued.secret)
    assert sessions.find(place.store, others.secret).user == bob
    assert sessions.living(place.store, [*(each.token for each in ours), others.token]) == {others.token}
    assert signals(place) == [Signal("tokens", ann)]
    assert accounts.verify(place.store, "ann", "another horse").id == ann
    with pytest.raises(Unauthenticated):
        accounts.verify(place.store, "ann", PASSWORD)


def test_a_new_name_is_an_entry_of_the_log_and_ends_no_session(place: Place) -> None:
    ann = register(place, "ann")
    register(place, "bob")
    session = place.run(Issue(ann, "session"))
    place.run(accounts.change(ann, place.general, nickname="Anna", password=None))
    with place.store.reading() as connection:
        row = users.by_id(connection, ann)
    assert row is not None
    assert row.name == "Anna"
    entry = place.log()[-1]
    assert (entry.kind, entry.author, entry.source) == ("rename", ann, "ann is now called Anna")
    assert sessions.find(place.store, session.secret).nickname == "Anna"
    assert signals(place) == [Signal("profile", ann)]
    place.run(accounts.change(ann, place.general, nickname="ANNA", password=None))  # one's own name, written otherwise
    head = place.head()
    place.run(accounts.change(ann, place.general, nickname="ANNA", password=None))
    with pytest.raises(Invalid) as caught:
        place.run(accounts.change(ann, place.general, nickname="BOB", password="another horse"))
    assert caught.value.code == "taken"
    assert place.head() == head
    accounts.verify(place.store, "anna", PASSWORD)


def test_a_ban_ends_every_session_and_keeps_what_was_written(place: Place) -> None:
    ann = register(place, "ann")
    message = place.post(ann, "still here").message
    issued = place.run(Issue(ann, "session"))
    assert place.run(Ban(ann, True)).banned_at is not None
    with pytest.raises(Unauthenticated):
        sessions.find(place.store, issued.secret)
    assert signals(place) == [Signal("tokens", ann)]
    place.run(Ban(ann, True))
    assert len(signals(place)) == 1
    assert place.message(message.id) == message


def test_who_is_not_there_cannot_be_changed(small: Place) -> None:
    for command in (ChangeAccount(99, small.general, "x", None), Ban(99, True)):
        with pytest.raises(Conflict):
            small.run(command)


def test_users_are_found_by_id_key_and_page(place: Place) -> None:
    numbers = [place.register(name) for name in ("ann", "bob", "cleo")]
    with place.store.reading() as connection:
        assert users.by_id(connection, 99) is None
        assert users.by_key(connection, "ANN") is None
        assert [row.id for row in users.by_ids(connection, [numbers[2], 99, numbers[0]])] == [numbers[0], numbers[2]]
        page: Callable[..., list[users.UserRow]] = users.page
        assert [row.name for row in page(connection, after=numbers[0], updated_since=None, limit=1)] == ["bob"]
        moment = users.by_id(connection, numbers[1])
        assert moment is not None
        later = page(connection, after=0, updated_since=moment.updated_at, limit=9)
        assert [row.name for row in later] == ["cleo"]
        assert users.count(connection) == 3
