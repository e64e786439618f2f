"""Whatever happened: what stands under a root, and what is unread in threads, is what a naive recount finds."""

import random
from collections.abc import Sequence

import pytest
from msgspec import UNSET, UnsetType

from parley.core.membership import InviteMember, RemoveMember
from parley.core.messages import Delete, Edit, Post
from parley.core.people import surroundings
from parley.core.presence import Presence
from parley.core.room_changes import CreateRoom
from parley.core.threads import Follow, MarkThreadRead
from parley.store.batch import Change, Command
from parley.wire import Message, Replies
from tests.stores import Place


class Truth:
    """Who follows what and has read it how far, by the rules and one command after the other."""

    def __init__(self) -> None:
        self.read: dict[tuple[int, int], int] = {}  # (root, user) → place

    def replied(self, root: Message, author: int, earlier: Sequence[Message], seated: set[tuple[int, int]]) -> None:
        for user in (author, *([root.author] if not earlier else [])):
            if user is not None and (root.room, user) in seated:
                self.read.setdefault((root.id, user), before(root, earlier))

    def turned(self, root: Message, user: int, replies: Sequence[Message], *, on: bool) -> None:
        if on:
            self.read.setdefault((root.id, user), before(root, replies))
        else:
            self.read.pop((root.id, user), None)

    def has_read(self, root: int, user: int, seq: int) -> None:
        if (root, user) in self.read:
            self.read[root, user] = max(self.read[root, user], seq)


def under(place: Place, root: Message) -> list[Message]:
    """The undeleted replies of a thread, by their places."""
    found = [each for each in place.log(root.room) if each.reply_to == root.id and each.deleted_at is None]
    return sorted(found, key=lambda each: each.seq)


def before(root: Message, replies: Sequence[Message]) -> int:
    return max([root.seq, *(each.seq for each in replies)])


def summed(replies: Sequence[Message]) -> Replies | UnsetType:
    if not replies:
        return UNSET
    users = list(dict.fromkeys(each.author for each in replies if each.author is not None))
    return Replies(len(replies), replies[-1].seq, replies[-1].created_at, users[:8])


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happened_the_threads_are_what_a_recount_finds(place: Place, seed: int) -> None:
    dice = random.Random(seed)
    people = [place.register() for _ in range(4)]
    room = place.run(CreateRoom(people[0], "den", "private"))
    for each in people[1:]:
        place.run(InviteMember(people[0], room, each))
    seated = {(number, user) for number in (room, place.general) for user in people}
    messages = [place.post(dice.choice(people), room=dice.choice((room, place.general))).message for _ in range(5)]
    truth = Truth()

    def step() -> Command:
        user, message = dice.choice(people), dice.choice(messages)
        match dice.choice(["reply"] * 5 + ["delete", "delete", "edit", "follow", "read", "read", "read"]):
            case "reply":
                return Post(user, message.room, "x", reply_to=message.id)
            case "delete":
                return Delete(message.author or 0, message.id)
            case "edit":
                return Edit(message.author or 0, message.id, str(dice.random()))
            case "follow":
                return Follow(user, message.id, dice.random() < 0.5)
        root = message.reply_to or message.id
        return MarkThreadRead(user, root, dice.randint(1, place.head(message.room)))

    for _ in range(40):
        message = place.message(dice.choice(messages).id)
        if dice.random() < 0.2:  # two in one transaction
            group: list[Command] = [Post(people[0], message.room, "x", reply_to=message.id)]
            group.append(Delete(message.author or 0, message.id) if message.reply_to else Edit(people[0], 0, "x"))
        else:
            group = [step()]
        known = {root: under(place, place.message(root)) for root in {each.reply_to or each.id for each in messages}}
        for command, answer in zip(group, place.all_at_once(group), strict=True):
            match command, answer:
                case Post(author=author), Change():
                    root = place.message(answer.message.reply_to or 0)
                    truth.replied(root, author, known[root.id], seated)
                    messages.append(answer.message)
                case Follow(user=user, on=on), Change():
                    truth.turned(answer.message, user, known[answer.message.id], on=on)
                case MarkThreadRead(user=user, thread=thread, seq=seq), _:
                    truth.has_read(thread, user, seq)
        if dice.random() < 0.05:
            out = dice.choice(people[1:])
            place.run(RemoveMember(people[0], room, out))
            truth.read = {
                (root, user): read
                for (root, user), read in truth.read.items()
                if user != out or place.message(root).room != room
            }
            place.run(InviteMember(people[0], room, out))

    seen = surroundings(place.store, Presence(4.0), people)
    for number in (room, place.general):
        for root in [each for each in place.log(number) if each.kind == "text" and each.reply_to is None]:
            assert root.replies == summed(under(place, root)), root.id
    for user in people:
        expected = {}
        for (number, who), read in truth.read.items():
            news = [each for each in under(place, place.message(number)) if each.seq > read and each.author != user]
            if who == user and news:
                expected[number] = (read, news[-1].seq)
        threads = seen[user].welcome("").threads
        found = {} if threads is UNSET else {each.id: (each.read, each.seq) for each in threads}
        assert found == expected
