"""An account that is removed: what goes at once, what goes after it, who gets its rooms, and who has to stay."""

from collections.abc import Sequence

import pytest

from parley.core import accounts, membership, messages, profiles, removal, sessions
from parley.core.attention import ChangeQuiet
from parley.core.conversations import OpenConversation
from parley.core.membership import ChangeRole, InviteMember, JoinRoom
from parley.core.profiles import ChangePreferences, Profile
from parley.core.removal import Erase, RemoveAccount
from parley.core.room_changes import CreateRoom
from parley.core.sessions import Issue
from parley.eraser import STEP, Eraser
from parley.errors import Conflict, Denied, NotFound, Unauthenticated
from parley.signals import Signal
from parley.store import removals, tables
from parley.store.attention import QuietHours
from parley.wire import Message, Status
from tests.archives import succeeds
from tests.stores import Place

PASSWORD = "correct horse"


def register(place: Place, name: str) -> int:
    number: int = place.run(accounts.registration(place.store, name, PASSWORD)).id
    return number


@pytest.fixture
def root(place: Place) -> int:
    """Who owns the general room."""
    return register(place, "root")


def remove(place: Place, user: int, *, erases: bool = False, admins: Sequence[str] = ()) -> str:
    key: str = place.run(removal.removal(place.store, user, PASSWORD, erases=erases, admins=admins))
    return key


def roles(place: Place, room: int) -> dict[int, str]:
    """Who is in a room, and what they are."""
    return {row[1]: row[4] for row in place.rows("members") if row[0] == room}


def words(log: Sequence[Message]) -> list[str]:
    """What is there to be read of what people wrote."""
    return [message.source for message in log if message.kind == "text" and message.deleted_at is None]


def test_what_goes_at_once(place: Place, root: int) -> None:
    ann, bob = register(place, "ann"), register(place, "bob")
    issued = place.run(Issue(ann, "session"))
    conversation = place.run(OpenConversation(ann, [bob])).room
    place.post(ann, "my words")
    place.run(profiles.change(ann, Profile("Ann A.", Status("🌴", "away"), "Asia/Tokyo")))
    place.run(ChangePreferences(ann, theme="dark", typing=False))
    place.run(ChangeQuiet(ann, QuietHours("22:00", "07:00", "Asia/Tokyo")))
    place.committed.clear()
    remove(place, ann)
    with pytest.raises(Unauthenticated):
        sessions.find(place.store, issued.secret)
    assert place.rows("tokens") == []
    assert [row for row in place.rows("members") if row[1] == ann] == []
    [row] = [dict(zip(tables.users.c.keys(), row, strict=True)) for row in place.rows("users") if row[0] == ann]
    left = {name: value for name, value in row.items() if value is not None and not name.endswith("_at")}
    assert left == {"id": ann, "name": "Removed user", "name_key": f"REMOVED {ann}", "password_hash": ""}
    signals = [signal for committed in place.committed for signal in committed.signals]
    assert {Signal("tokens", ann), Signal("profile", ann)} <= set(signals)
    for room in (place.general, conversation):
        assert (place.log(room)[-1].kind, place.log(room)[-1].author) == ("left", ann)
    assert words(place.log()) == ["my words"]
    with pytest.raises(NotFound):
        place.run(OpenConversation(bob, [ann, root]))
    assert succeeds(place.settings, "verify").startswith("Everything fits together")


def test_the_nickname_is_free_and_means_nothing_of_before(place: Place, root: int) -> None:
    ann = register(place, "ann")
    place.post(ann, "my words")
    remove(place, ann)
    again = register(place, "Ann")
    assert again != ann
    assert [message.author for message in place.log() if message.source == "my words"] == [ann]
    for command in (accounts.Ban(ann, False), accounts.change(ann, place.general, nickname="anna")):
        with pytest.raises(Conflict):
            place.run(command)


@pytest.mark.parametrize("erases", [False, True])
def test_what_goes_after_it(place: Place, root: int, erases: bool) -> None:
    ann, bob = register(place, "ann"), register(place, "bob")
    place.run(accounts.change(ann, place.general, nickname="anna"))
    den = place.run(CreateRoom(bob, "den"))
    place.run(JoinRoom(ann, den))
    for number in range(STEP + 20):
        place.post(ann, f"words {number}", room=den)
    theirs = place.post(bob, "what bob said")
    for user in (ann, bob):
        place.run(messages.React(user, theirs.message.id, "👍", True))
    place.run(membership.LeaveRoom(ann, den))  # what is said in a room that one has left goes too
    key = remove(place, ann, erases=erases)
    begun = removal.progress(place.store, key)
    assert begun == (STEP + 22 if erases else 2, begun.total, False)

    if erases:  # a node does a part of it and is killed; another goes on
        with place.store.reading() as connection:
            [waiting] = removals.pending(connection)
            place.run(Erase(ann, removals.remaining(connection, waiting)[:30]))
        assert removal.progress(place.store, key) == (begun.total, begun.total - 30, False)
    Eraser(place.store).work()
    assert removal.progress(place.store, key) == (begun.total, 0, True)
    assert len(words(place.log(den))) == (0 if erases else STEP + 20)
    assert words(place.log()) == ["what bob said"]
    assert place.message(theirs.message.id).reactions[0].users == ([bob] if erases else [ann, bob])
    assert "ann" not in "".join(message.source for message in place.log() if message.author == ann)
    head = place.head(den)
    Eraser(place.store).work()
    assert place.head(den) == head
    assert succeeds(place.settings, "verify").startswith("Everything fits together")


def test_a_room_goes_to_the_moderator_and_then_to_the_member_who_is_there_for_longest(place: Place, root: int) -> None:
    ann, bob, cid, dan = (register(place, name) for name in ("ann", "bob", "cid", "dan"))
    moderated, plain, alone, shared = (place.run(CreateRoom(ann, name)) for name in ("one", "two", "three", "four"))
    for room in (moderated, plain, shared):
        for other in (bob, cid, dan):
            place.run(InviteMember(ann, room, other))
    for other in (dan, cid):
        place.run(ChangeRole(ann, moderated, other, "moderator"))
    place.run(ChangeRole(ann, shared, dan, "owner"))
    place.run(accounts.Ban(bob, True))
    remove(place, ann)
    assert roles(place, moderated) == {bob: "member", cid: "owner", dan: "moderator"}
    assert roles(place, plain) == {bob: "member", cid: "owner", dan: "member"}
    assert roles(place, shared) == {bob: "member", cid: "member", dan: "owner"}
    assert roles(place, alone) == {}
    handed, left = place.log(plain)[-2:]
    assert (handed.kind, handed.source, left.kind) == ("role", f"{cid} owner", "left")
    assert {Signal("membership", cid, room) for room in (moderated, plain)} <= {
        signal for committed in place.committed for signal in committed.signals
    }


def test_who_may_not_go_is_told_what_to_do(place: Place, root: int) -> None:
    ann = register(place, "ann")
    with pytest.raises(Denied) as caught:
        removal.removal(place.store, ann, "wrong password", erases=False, admins=())
    assert caught.value.code == "wrong_password"
    for user, admins, code in ((root, (), "last_owner"), (ann, ("ANN",), "admin")):
        with pytest.raises(Conflict) as refused:
            remove(place, user, admins=admins)
        assert refused.value.code == code
    command = removal.removal(place.store, ann, PASSWORD, erases=False, admins=())
    place.run(CreateRoom(ann, "made meanwhile"))
    with pytest.raises(Conflict):
        place.run(command)
    assert roles(place, place.general) == {root: "owner", ann: "member"}
    place.run(ChangeRole(root, place.general, ann, "owner"))
    remove(place, root)
    assert roles(place, place.general) == {ann: "owner"}
    remove(place, ann)  # nobody is left, and whoever comes next owns it
    new = register(place, "new")
    assert roles(place, place.general) == {new: "owner"}
    with pytest.raises(Denied):  # gone is gone
        remove(place, ann)
    with pytest.raises(Conflict):
        place.run(RemoveAccount(ann, [], False))
    assert len(place.rows(tables.removals.name)) == 2
