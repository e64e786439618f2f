"""What may be done with messages and what may not, through the commands that every face uses."""

from collections.abc import Callable
from datetime import UTC

import pytest
from emoji import EMOJI_DATA, demojize, emojize

from parley.core.accounts import Ban
from parley.core.messages import DIFFERENT_REACTIONS, Delete, Edit, Post, React, check_source
from parley.core.previews import Remove
from parley.errors import Conflict, Denied, Invalid, NotFound, Refused
from parley.store.batch import Change, Command
from parley.wire import Preview, Reaction
from tests.stores import Place

LINK, OTHER = "https://a.example/", "https://b.example/"


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


@pytest.fixture
def bob(small: Place) -> int:
    return small.register("bob")


def refusal(place: Place, command: Command) -> Refused:
    """The refusal of a command, which must have changed nothing."""
    before = place.head(), place.rows("messages"), place.rows("reactions"), place.rows("previews")
    with pytest.raises(Refused) as caught:
        place.run(command)
    assert (place.head(), place.rows("messages"), place.rows("reactions"), place.rows("previews")) == before
    return caught.value


# ── posting ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_says_everything_about_itself(place: Place) -> None:
    author = place.register()
    change = place.post(author, f"**hi** {LINK}\r\nthere\n\n", key="k")
    message = change.message
    assert (message.seq, message.changed_seq, change.seq) == (2, 2, 2)
    assert (message.room, message.kind, message.author, message.key) == (place.general, "text", author, "k")
    assert message.source == f"**hi** {LINK}\nthere"
    assert message.html.startswith("<p><strong>hi</strong>")
    assert message.created_at.tzinfo is UTC
    assert (message.edited_at, message.deleted_at, message.reactions) == (None, None, [])
    assert message.previews == [Preview(0, LINK, "pending")]
    assert place.message(message.id) == message


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "empty"),
        (" \t\r\n\u3000 ", "empty"),
        ("\u200b \u2060\u00ad\ufe0f\u2800", "empty"),
        ("x" * 8001, "too_long"),
        ("a\x00b", "invalid_text"),
        ("half \ud83d of a pair", "invalid_text"),
    ],
)
def test_what_is_no_message_is_refused(small: Place, ann: int, source: str, code: str) -> None:
    message = small.post(ann).message.id
    for command in (Post(ann, small.general, source), Edit(ann, message, source)):
        refused = refusal(small, command)
        assert isinstance(refused, Invalid)
        assert refused.code == code
        if code != "empty":
            assert source[:20] not in refused.detail


def test_as_much_as_fits_is_stored(place: Place) -> None:
    author = place.register()
    for source in ("x" * 8000, "🎉" * 8000, "\u202e*" * 4000):
        assert place.message(place.post(author, source).message.id).source == source
    with pytest.raises(Invalid, match="8,001 characters; 8,000 fit"):
        place.post(author, "x" * 8001)


def test_the_longest_message_is_a_setting() -> None:
    assert check_source("x" * 10, 10) == "x" * 10
    with pytest.raises(Invalid, match="3 fit"):
        check_source("four", 3)


def test_lines_around_a_message_go_and_those_inside_stay() -> None:
    assert check_source("\n\n    code\n\nmore  \n\n", 100) == "    code\n\nmore"


def test_only_who_is_in_a_room_may_write_there(small: Place, ann: int, bob: int) -> None:
    room = small.room(ann)
    assert isinstance(refusal(small, Post(bob, room, "let me in")), NotFound)
    assert isinstance(refusal(small, Post(ann, 99, "nowhere")), NotFound)
    assert isinstance(refusal(small, Post(99, room, "nobody")), NotFound)


def test_who_is_banned_may_do_nothing(small: Place, ann: int) -> None:
    message = small.post(ann, LINK).message.id
    small.run(Ban(ann, True))
    for command in (
        Post(ann, small.general, "still here"),
        Edit(ann, message, "x"),
        Delete(ann, message),
        React(ann, message, "👍", True),
        Remove(ann, message, 0),
    ):
        assert isinstance(refusal(small, command), NotFound)
    small.run(Ban(ann, False))
    small.post(ann, "here again")


# ── changing ────────────────────────────────────────────────────────────────────────────────────────


def test_editing_takes_the_next_seq_and_keeps_the_place(place: Place) -> None:
    author = place.register()
    posted = place.post(author, "one")
    place.post(author, "between")
    edited = place.run(Edit(author, posted.message.id, "*two*"))
    assert (edited.message.seq, edited.seq) == (posted.seq, 4)
    stored = place.message(posted.message.id)
    assert stored == edited.message
    assert (stored.source, stored.html) == ("*two*", "<p><em>two</em></p>")
    assert stored.edited_at is not None
    assert stored.edited_at >= stored.created_at == posted.message.created_at


def test_the_same_text_again_is_no_edit(small: Place, ann: int) -> None:
    posted = small.post(ann, "one")
    again = small.run(Edit(ann, posted.message.id, "one\n"))
    assert again.seq == posted.seq == small.head()
    assert again.message.edited_at is None


def test_edits_of_one_message_in_one_transaction_each_take_a_seq(place: Place) -> None:
    author = place.register()
    number = place.post(author, "zero").message.id
    answers = place.all_at_once([Edit(author, number, text) for text in ("one", "two", "two", "three")])
    assert [answer.seq for answer in answers] == [3, 4, 4, 5]
    assert [answer.message.source for answer in answers] == ["one", "two", "two", "three"]
    assert place.message(number).source == "three"


def test_a_deleted_message_is_a_tombstone(place: Place) -> None:
    author = place.register()
    number = place.post(author, LINK, key="k").message.id
    place.run(React(author, number, "👍", True))
    place.run(Edit(author, number, f"more {LINK}"))
    deleted = place.run(Delete(author, number)).message
    stored = place.message(number)
    assert stored == deleted
    assert (stored.source, stored.html, stored.previews, stored.reactions, stored.edited_at) == ("", "", [], [], None)
    assert stored.deleted_at is not None
    assert (stored.seq, stored.author, stored.key) == (2, author, "k")
    assert place.rows("previews") == place.rows("reactions") == []
    assert place.run(Delete(author, number)).seq == stored.changed_seq == place.head()


def test_a_deleted_message_stays_as_it_is(small: Place, ann: int, bob: int) -> None:
    number = small.post(ann, LINK).message.id
    small.run(Delete(ann, number))
    for command in (Edit(ann, number, "back"), React(bob, number, "👍", True)):
        refused = refusal(small, command)
        assert isinstance(refused, Conflict)
        assert refused.code == "deleted"
    assert isinstance(refusal(small, Remove(ann, number, 0)), NotFound)


def test_others_messages_are_not_changed(small: Place, ann: int, bob: int) -> None:
    number = small.post(ann, LINK).message.id
    joined = small.log()[0]
    assert joined.author == ann
    for command in (Edit(bob, number, "x"), Delete(bob, number), Remove(bob, number, 0), Delete(ann, joined.id)):
        assert isinstance(refusal(small, command), Denied)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda bob, number: Edit(bob, number, "x"),
        lambda bob, number: Delete(bob, number),
        lambda bob, number: React(bob, number, "👍", True),
        lambda bob, number: Remove(bob, number, 0),
    ],
    ids=["edit", "delete", "react", "remove"],
)
def test_who_is_not_in_the_room_does_not_learn_that_there_is_a_message(
    small: Place, ann: int, bob: int, attempt: Callable[[int, int], Command]
) -> None:
    number = small.post(ann, LINK, room=small.room(ann)).message.id
    hidden, unknown = refusal(small, attempt(bob, number)), refusal(small, attempt(bob, 99))
    assert isinstance(hidden, NotFound)
    assert (type(hidden), hidden.detail) == (type(unknown), unknown.detail)


# ── reacting ────────────────────────────────────────────────────────────────────────────────────────


def test_reactions_are_put_and_taken_back_in_order(place: Place) -> None:
    ann, bob = place.register(), place.register()
    number = place.post(ann).message.id
    steps = [
        (React(bob, number, "👍", True), [Reaction("👍", [bob])]),
        (React(ann, number, "🎉", True), [Reaction("👍", [bob]), Reaction("🎉", [ann])]),
        (React(ann, number, "👍", True), [Reaction("👍", [bob, ann]), Reaction("🎉", [ann])]),
        (React(bob, number, "👍", False), [Reaction("👍", [ann]), Reaction("🎉", [ann])]),
        (React(ann, number, "👍", False), [Reaction("🎉", [ann])]),
    ]
    for command, expected in steps:
        assert place.run(command).message.reactions == expected
        assert place.message(number).reactions == expected


def test_doing_it_twice_is_doing_it_once(small: Place, ann: int) -> None:
    number = small.post(ann).message.id
    first = small.run(React(ann, number, "👍", True))
    assert small.run(React(ann, number, "👍", True)).seq == first.seq == small.head()
    assert small.run(React(ann, number, "🎉", False)).seq == first.seq == small.head()


@pytest.mark.parametrize("emoji", ["x", "", "👍👍", "<b>", "👍 ", ":no_such_thing:", "tada", "\x00"])
def test_a_reaction_is_one_emoji(small: Place, ann: int, emoji: str) -> None:
    refused = refusal(small, React(ann, small.post(ann).message.id, emoji, True))
    assert refused.code == "not_an_emoji"


@pytest.mark.parametrize("keyed", ["❤️", "❤", ":heart:", ":Red_Heart:"])
def test_one_emoji_is_one_reaction_however_it_is_typed(small: Place, ann: int, keyed: str) -> None:
    number = small.post(ann).message.id
    assert small.run(React(ann, number, keyed, True)).message.reactions == [Reaction("❤️", [ann])]
    assert small.run(React(ann, number, keyed, False)).message.reactions == []


def test_a_message_takes_so_many_different_reactions(small: Place, ann: int, bob: int) -> None:
    number = small.post(ann).message.id
    emoji = sorted({emojize(demojize(each)) for each in EMOJI_DATA})[: DIFFERENT_REACTIONS + 1]
    answers = small.all_at_once([React(ann, number, each, True) for each in emoji])
    assert [type(answer) for answer in answers] == [Change] * DIFFERENT_REACTIONS + [Conflict]
    assert answers[-1].code == "too_many_reactions"
    small.run(React(bob, number, emoji[0], True))  # no further one
    small.run(React(ann, number, emoji[1], False))
    small.run(React(ann, number, emoji[-1], True))


def test_every_emoji_fits_its_column(place: Place) -> None:
    author = place.register()
    number = place.post(author).message.id
    longest = max(EMOJI_DATA, key=len)
    assert place.run(React(author, number, longest, True)).message.reactions == [Reaction(longest, [author])]
