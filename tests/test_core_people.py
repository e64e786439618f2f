"""Finding people by a part of their name, the same on both databases."""

from collections.abc import Callable

import pytest

from parley.core import people, profiles
from parley.core.accounts import Ban, ChangeAccount
from parley.core.people import Sought
from parley.core.presence import Presence
from parley.errors import Invalid, NotFound
from tests.stores import Place, execute

PRESENCE = Presence(60)


@pytest.fixture
def named(place: Place) -> Callable[[str], list[str]]:
    """Asks who is found; some people are there."""
    for name in ("Ánna", "Mary Anne", "Joanna", "50%_off", "東京", "Łukasz"):
        place.register(name)

    def found(typed: str) -> list[str]:
        return [user.nickname for user in people.find(place.store, PRESENCE, Sought(typed, 50))[0]]

    return found


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ann", ["Ánna", "Mary Anne", "Joanna"]),
        ("ÁNN", ["Ánna", "Mary Anne", "Joanna"]),
        (" anna ", ["Ánna", "Joanna"]),
        ("mary a", ["Mary Anne"]),
        ("luka", ["Łukasz"]),
        ("京", ["東京"]),
        ("%", ["50%_off"]),
        ("_", ["50%_off"]),
        ("0%_o", ["50%_off"]),
        ("\\", []),
        ("nobody", []),
    ],
)
def test_a_part_of_the_name_will_do(named: Callable[[str], list[str]], typed: str, expected: list[str]) -> None:
    assert named(typed) == expected


def test_who_is_banned_is_not_found_and_who_is_renamed_by_the_new_name(
    place: Place, named: Callable[[str], list[str]]
) -> None:
    number = place.register("Bob")
    place.run(ChangeAccount(number, place.store.general, "Rób", None))
    assert (named("bob"), named("rob")) == ([], ["Rób"])
    place.run(Ban(number, True))
    assert named("rob") == []


def test_names_of_the_release_before_are_found_too(place: Place, named: Callable[[str], list[str]]) -> None:
    execute(place.settings, "UPDATE users SET folded = NULL")
    assert named("ÁNN") == ["Ánna"]
    assert named("joa") == ["Joanna"]


def test_there_is_an_end(place: Place, named: Callable[[str], list[str]]) -> None:
    found, more = people.find(place.store, PRESENCE, Sought("ann", 2))
    assert ([user.nickname for user in found], more) == (["Ánna", "Mary Anne"], True)
    assert named("ann")[2:] == ["Joanna"]
    with pytest.raises(Invalid):
        people.find(place.store, PRESENCE, Sought("  ", 2))


def test_among_the_members_of_a_room_by_one_of_them(place: Place, named: Callable[[str], list[str]]) -> None:
    hanna, outsider = place.register("Hanna"), place.register("Anna Bell")
    room = place.room(hanna)
    found, _ = people.find(place.store, PRESENCE, Sought("ann", 50, room, hanna))
    assert [user.nickname for user in found] == ["Hanna"]
    for by in (outsider, None):
        with pytest.raises(NotFound):
            people.find(place.store, PRESENCE, Sought("ann", 50, room, by))


def test_people_are_found_by_either_name(place: Place) -> None:
    ann = place.register("ann")
    place.run(profiles.change(ann, profiles.Profile(name="Zoë Ëxample")))
    for typed in ("zoe", "example", "ann", "zoe e"):
        assert [user.id for user in people.find(place.store, PRESENCE, Sought(typed, 50))[0]] == [ann]
    place.run(ChangeAccount(ann, place.general, "bea", None))
    place.run(profiles.change(ann, profiles.Profile(name="")))
    assert [len(people.find(place.store, PRESENCE, Sought(typed, 50))[0]) for typed in ("zoe", "ann", "bea")] == [
        0,
        0,
        1,
    ]
