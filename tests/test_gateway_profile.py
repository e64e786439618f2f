"""A person who has another name or picture is seen so at once; and one who wishes it types unseen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from parley.core.portraits import LARGEST
from tests.crowds import CROWD, Crowd, crowded
from tests.pictures import picture
from tests.running import Chat, Frame, Person, RunningServer, serving


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("profile") / "instance") as running:
        yield running


def told(chat: Chat) -> list[Frame]:
    """What a socket was told of how people look."""
    return [frame["user"] for frame in chat.frames if frame["type"] == "user"]


def test_everybody_here_sees_a_change_at_once_and_who_comes_later_too(amy: Person, ben: Person) -> None:
    with amy.chat() as mine, ben.chat() as other:
        change = {"name": "Amy A.", "status": {"emoji": "🌴"}}
        assert amy.request("PUT", f"/api/users/{amy.id}", json=change).is_success
        for chat in (mine, other):
            user = chat.next("user")["user"]
            assert {name: user[name] for name in ("id", "online", *change)} == {"id": amy.id, "online": True, **change}
        amy.request("PUT", f"/api/users/{amy.id}", json={"nickname": f"{amy.nickname} B."})
        assert other.next("user")["user"]["nickname"] == f"{amy.nickname} B."
        amy.request("PUT", f"/api/users/{amy.id}", json=change)  # nothing new, and nobody is told
        with ben.chat() as later:
            assert next(each for each in later.welcome["users"] if each["id"] == amy.id)["name"] == "Amy A."
        other.post("the last thing that is said")
        assert len(told(other)) == 2


def test_who_moves_to_another_time_zone_has_the_quiet_hours_there_at_every_device(amy: Person) -> None:
    hours = {"from": "22:00", "to": "07:00", "timezone": "UTC"}
    with amy.chat() as chat:
        assert amy.request("PUT", f"/api/users/{amy.id}/quiet", json=hours).is_success
        assert chat.next("preferences")["quiet"] == hours
        assert amy.request("PUT", f"/api/users/{amy.id}", json={"timezone": "Asia/Tokyo"}).is_success
        assert chat.next("preferences")["quiet"] == {**hours, "timezone": "Asia/Tokyo"}


def test_a_picture_of_megabytes_is_taken_and_a_larger_one_refused(amy: Person, ben: Person) -> None:
    with ben.chat() as other:
        for size, status in ((LARGEST, 200), (LARGEST + 1, 413), (LARGEST * 3, 413)):
            body = picture() + bytes(size - len(picture()))
            assert amy.request("PUT", f"/api/users/{amy.id}/picture", content=body).status_code == status
        name = other.next("user")["user"]["picture"]
        shown = ben.get(f"/pictures/{amy.id}/{name}/96")
        assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")


def test_who_wishes_it_types_unseen(amy: Person, ben: Person) -> None:
    with amy.chat() as mine, ben.chat() as other:
        mine.send({"type": "typing", "room": 1})
        assert other.next("typing")["user"] == amy.id
        preferences = f"/api/users/{amy.id}/preferences"
        for typing in (False, True):
            assert amy.request("PATCH", preferences, json={"typing": typing}).json()["typing"] is typing
            if not typing:
                with amy.chat() as another:
                    for chat in (mine, another):
                        chat.send({"type": "typing", "room": 1})
                        chat.post("what was typed")
        other.frames.clear()
        mine.send({"type": "typing", "room": 1})
        assert other.next("typing")["user"] == amy.id
        assert [frame["type"] for frame in other.frames].count("typing") == 1


def test_in_a_crowd_those_are_told_who_look(instance: Path) -> None:
    crowd: Crowd
    with crowded(instance) as crowd:
        ann, bob, cid = crowd.others[:3]
        with ann.chat() as mine, ann.chat() as elsewhere, bob.chat() as watcher, cid.chat() as quiet:
            for chat in (watcher, quiet):
                chat.next("heads", lambda frame: frame["online"] == CROWD + 3)
            watcher.send({"type": "watch", "users": [ann.id]})
            watcher.next("presence")
            assert ann.request("PUT", f"/api/users/{ann.id}", json={"name": "Ann A."}).is_success
            for chat in (mine, elsewhere, watcher):
                assert chat.next("user")["user"]["name"] == "Ann A."
            quiet.post("the last thing that is said")
            assert told(quiet) == []
