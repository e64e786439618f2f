"""Whatever happened, search finds what a look at everything finds."""

import random
from collections.abc import Sequence

import pytest

from parley.core.messages import Delete, Edit, Post
from parley.folding import fold
from parley.store import search
from parley.store.batch import Command
from tests.searching import Leave, look
from tests.stores import Place

WORDS = ("ala", "Ola", "kot", "KOTEK", "żaba", "東京", "京都", "ab", "b", "http://a.example", "a_b")
ASKED = (*WORDS, "zab", "ola kot", "ot", "京", "la", "has:link", "from:me a", '"kot ala"', "in:general kot", "o")


def naive(place: Place, user: int, text: str) -> list[int]:
    """Every message read and looked into."""
    seats = {room for room, who, *_ in place.rows("members") if who == user}
    found = []
    for room in sorted(seats):
        for message in place.log(room):
            if message.kind != "text" or message.deleted_at is not None:
                continue
            terms = text.split() if '"' not in text else [text.strip('"')]
            fits = True
            for term in terms:
                match term:
                    case "has:link":
                        fits &= '<a href="http' in message.html
                    case "from:me":
                        fits &= message.author == user
                    case "in:general":
                        fits &= room == place.general
                    case _:
                        fits &= fold(term) in fold(message.source)
            if fits:
                found.append(message.id)
    return sorted(found, reverse=True)


def history(place: Place, people: Sequence[int], rooms: Sequence[int], dice: random.Random) -> None:
    """Posts, edits and deletions, in groups of any size; now and then somebody leaves a room."""
    posted: list[tuple[int, int]] = []
    for _ in range(20):
        group: list[Command] = []
        for _ in range(dice.choice((1, 3, 9))):
            text = dice.choice((" ", "", "\n")).join(dice.choices(WORDS, k=dice.randint(1, 4)))
            if not posted or dice.random() < 0.6:
                group.append(Post(dice.choice(people), dice.choice(rooms), text))
            else:
                number, author = dice.choice(posted)
                group.append(Edit(author, number, text) if dice.random() < 0.7 else Delete(author, number))
        answers = place.all_at_once(group)
        posted += [(each.message.id, each.message.author) for each in answers if hasattr(each, "message")]
        if dice.random() < 0.1:
            place.run(Leave(dice.choice(rooms[1:]), dice.choice(people)))


@pytest.mark.parametrize(("seed", "window"), [(0, 0), (1, 7), (2, 10_000)])
def test_whatever_happened_search_finds_what_a_look_at_everything_finds(
    place: Place, seed: int, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEWEST", window)
    dice = random.Random(seed)
    people = [place.register() for _ in range(3)]
    rooms = [place.general, place.room(*people), place.room(*people[:2])]
    history(place, people, rooms, dice)
    for user in people:
        for text in ASKED:
            expected = naive(place, user, text)
            assert look(place, user, text, limit=7) == expected, text
            assert sorted(look(place, user, text, order="relevance"), reverse=True) == expected, text
