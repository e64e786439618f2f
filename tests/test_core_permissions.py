"""Who may do what, as a table: one row a rule, one column a kind of person."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from parley.core import permissions as may
from parley.seats import RoomFacts, Seat

PUBLIC = RoomFacts(2, "tea", "public")
PRIVATE = RoomFacts(3, "den", "private")
DIRECT = RoomFacts(4, "", "direct")
GENERAL = RoomFacts(1, "general", "public", general=True)


@dataclass(frozen=True)
class Text:
    """A message of person 1, at place 5."""

    seq: int = 5
    kind: str = "text"
    author: int | None = 1


OWN, ANOTHERS, EVENT = Text(), Text(author=9), Text(kind="joined")
MEMBER, MODERATOR, OWNER = Seat(9, "member"), Seat(9, "moderator"), Seat(9, "owner")

# For an outsider, a member, a moderator and an owner, in that order: + may, - may not.
TABLE: list[tuple[str, str, Callable[[Seat | None], bool]]] = [
    ("see a public room", "++++", lambda seat: may.may_see(seat, PUBLIC)),
    ("see a private room", "-+++", lambda seat: may.may_see(seat, PRIVATE)),
    ("see a direct conversation", "-+++", lambda seat: may.may_see(seat, DIRECT)),
    ("read", "-+++", lambda seat: may.may_read(seat, PUBLIC)),
    ("post", "-+++", lambda seat: may.may_post(seat, PRIVATE)),
    ("read a message", "-+++", lambda seat: may.may_read_message(seat, PUBLIC, OWN)),
    ("react", "-+++", lambda seat: may.may_react(seat, PUBLIC, ANOTHERS)),
    ("react to an event", "----", lambda seat: may.may_react(seat, PUBLIC, EVENT)),
    ("reply", "-+++", lambda seat: may.may_reply(seat, PUBLIC, ANOTHERS)),
    ("reply to an event", "----", lambda seat: may.may_reply(seat, PUBLIC, EVENT)),
    ("follow a thread", "-+++", lambda seat: may.may_follow(seat, PUBLIC, ANOTHERS)),
    ("follow an event", "----", lambda seat: may.may_follow(seat, PUBLIC, EVENT)),
    ("pin", "-+++", lambda seat: may.may_pin(seat, PRIVATE, ANOTHERS)),
    ("pin in general", "--++", lambda seat: may.may_pin(seat, GENERAL, OWN)),
    ("pin, direct", "-+++", lambda seat: may.may_pin(seat, DIRECT, ANOTHERS)),
    ("pin an event", "----", lambda seat: may.may_pin(seat, PUBLIC, EVENT)),
    ("edit one's own", "-+++", lambda seat: may.may_edit_message(seat, PUBLIC, OWN)),
    ("edit another's", "----", lambda seat: may.may_edit_message(seat, PUBLIC, ANOTHERS)),
    ("edit an event", "----", lambda seat: may.may_edit_message(seat, PUBLIC, EVENT)),
    ("delete one's own", "-+++", lambda seat: may.may_delete_message(seat, PUBLIC, OWN)),
    ("delete another's", "--++", lambda seat: may.may_delete_message(seat, PUBLIC, ANOTHERS)),
    ("delete another's, direct", "----", lambda seat: may.may_delete_message(seat, DIRECT, ANOTHERS)),
    ("delete an event", "----", lambda seat: may.may_delete_message(seat, PUBLIC, EVENT)),
    ("leave", "-+++", lambda seat: may.may_leave(seat, PRIVATE)),
    ("leave general", "----", lambda seat: may.may_leave(seat, GENERAL)),
    ("leave a direct conversation", "----", lambda seat: may.may_leave(seat, DIRECT)),
    ("invite to a public room", "-+++", lambda seat: may.may_invite(seat, PUBLIC)),
    ("invite to a private room", "--++", lambda seat: may.may_invite(seat, PRIVATE)),
    ("invite to general", "----", lambda seat: may.may_invite(seat, GENERAL)),
    ("invite to a direct conversation", "----", lambda seat: may.may_invite(seat, DIRECT)),
    ("remove a member", "--++", lambda seat: may.may_remove(seat, PUBLIC, MEMBER)),
    ("remove a moderator", "---+", lambda seat: may.may_remove(seat, PUBLIC, MODERATOR)),
    ("remove an owner", "----", lambda seat: may.may_remove(seat, PUBLIC, OWNER)),
    ("remove from general", "----", lambda seat: may.may_remove(seat, GENERAL, MEMBER)),
    ("remove, direct", "----", lambda seat: may.may_remove(seat, DIRECT, MEMBER)),
    ("rename", "--++", lambda seat: may.may_rename(seat, PUBLIC)),
    ("rename general", "----", lambda seat: may.may_rename(seat, GENERAL)),
    ("rename, direct", "----", lambda seat: may.may_rename(seat, DIRECT)),
    ("set the topic", "--++", lambda seat: may.may_set_topic(seat, GENERAL)),
    ("choose the history", "---+", lambda seat: may.may_choose_history(seat, PRIVATE)),
    ("choose that of general", "----", lambda seat: may.may_choose_history(seat, GENERAL)),
    ("archive", "---+", lambda seat: may.may_archive(seat, PRIVATE)),
    ("archive general", "----", lambda seat: may.may_archive(seat, GENERAL)),
    ("archive, direct", "----", lambda seat: may.may_archive(seat, DIRECT)),
    ("change a role", "---+", lambda seat: may.may_change_role(seat, GENERAL)),
    ("change a role, direct", "----", lambda seat: may.may_change_role(seat, DIRECT)),
]
PEOPLE = (None, Seat(1, "member"), Seat(1, "moderator"), Seat(1, "owner"))


@pytest.mark.parametrize(("what", "who", "rule"), TABLE, ids=[what for what, _, _ in TABLE])
def test_who_may(what: str, who: str, rule: Callable[[Seat | None], bool]) -> None:
    assert "".join("-+"[rule(seat)] for seat in PEOPLE) == who


OLD = replace(PUBLIC, archived=True)
IN_AN_ARCHIVE: dict[str, tuple[bool, bool]] = {
    "read": (True, may.may_read(PEOPLE[3], OLD)),
    "leave": (True, may.may_leave(PEOPLE[1], OLD)),
    "remove": (True, may.may_remove(PEOPLE[3], OLD, MEMBER)),
    "archive": (True, may.may_archive(PEOPLE[3], OLD)),
    "post": (False, may.may_post(PEOPLE[3], OLD)),
    "react": (False, may.may_react(PEOPLE[3], OLD, OWN)),
    "reply": (False, may.may_reply(PEOPLE[3], OLD, OWN)),
    "follow": (True, may.may_follow(PEOPLE[1], OLD, OWN)),
    "pin": (False, may.may_pin(PEOPLE[3], OLD, OWN)),
    "edit": (False, may.may_edit_message(PEOPLE[3], OLD, OWN)),
    "delete": (False, may.may_delete_message(PEOPLE[3], OLD, OWN)),
    "join": (False, may.may_join(OLD)),
    "invite": (False, may.may_invite(PEOPLE[3], OLD)),
    "rename": (False, may.may_rename(PEOPLE[3], OLD)),
    "topic": (False, may.may_set_topic(PEOPLE[3], OLD)),
    "history": (False, may.may_choose_history(PEOPLE[3], OLD)),
    "role": (False, may.may_change_role(PEOPLE[3], OLD)),
}


@pytest.mark.parametrize("what", IN_AN_ARCHIVE)
def test_an_archive_is_read_and_left_and_nothing_else(what: str) -> None:
    expected, found = IN_AN_ARCHIVE[what]
    assert found is expected


def test_whoever_sees_a_room_from_somewhere_on_sees_no_message_before() -> None:
    late = Seat(1, "owner", since=5)
    changes = (may.may_react, may.may_reply, may.may_pin, may.may_edit_message, may.may_delete_message)
    for rule in (may.may_read_message, may.may_follow, *changes):
        assert not rule(late, PUBLIC, Text(seq=5))
        assert rule(late, PUBLIC, Text(seq=6))


def test_a_thread_is_also_theirs_who_came_after_its_root_once_there_is_a_reply_for_them() -> None:
    late = Seat(1, "owner", since=5)
    for rule in (may.may_read_thread, may.may_follow, may.may_reply):
        assert [rule(late, PUBLIC, Text(seq=2), last) for last in (0, 5, 6)] == [False, False, True]
        assert not rule(None, PUBLIC, Text(seq=2), 6)


def test_who_joins_and_what_the_public_reads() -> None:
    assert [may.may_join(room) for room in (PUBLIC, PRIVATE, DIRECT)] == [True, False, False]
    assert [may.may_read_without_seat(room) for room in (GENERAL, PUBLIC, PRIVATE)] == [True, False, False]


def test_a_role_that_a_later_release_brings_is_a_members() -> None:
    assert not may.may_rename(Seat(1, "curator"), PUBLIC)
    assert may.may_post(Seat(1, "curator"), PUBLIC)


def test_a_file_in_no_message_is_for_who_sent_it() -> None:
    assert may.may_use_file(user=1, owner=1)
    assert not may.may_use_file(user=9, owner=1)
