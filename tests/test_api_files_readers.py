"""Files over HTTP: who may read one, and that it is gone with its message."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.nodes import until
from tests.pictures import picture
from tests.running import Person, RunningServer, serving
from tests.senders import address, fetched, kept, post, sent

GIF_AND_SCRIPT = b"GIF89a/*" + bytes(40) + b"*/=1;alert(document.domain)//"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LARGEST = 200_000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server for all of these, where files are small."""
    folder = tmp_path_factory.mktemp("files") / "instance"
    with serving(folder, FILE_SIZE=str(LARGEST), PICTURE_PIXELS="1000000") as server:
        yield server


@pytest.fixture(scope="module")
def ann(place: RunningServer) -> Person:
    """Who sends."""
    return place.register("Ann")


@pytest.fixture(scope="module")
def bob(place: RunningServer) -> Person:
    """Who is in the general room as well."""
    return place.register("Bob")


class TestWhoMayRead:
    """Who may read the message now; before it is posted, who sent it."""

    def statuses(self, server: RunningServer, file: dict[str, object], *people: Person | None) -> list[int]:
        found: list[int] = []
        for person in people:
            headers = person.headers if person else {}
            paths = (address(file), f"/files/{file['id']}/thumbnail", f"/api/files/{file['id']}")
            statuses = {httpx.get(server.url + path, headers=headers).status_code for path in paths}
            assert len(statuses) == 1, statuses
            found += statuses
        return found

    def test_before_it_is_posted_and_in_the_general_room(self, place: RunningServer, ann: Person, bob: Person) -> None:
        file = sent(ann, picture())
        assert self.statuses(place, file, ann, bob, None) == [200, 404, 401]
        post(ann, file)
        assert self.statuses(place, file, ann, bob, None) == [200, 200, 401]

    def test_in_a_private_room(self, place: RunningServer, ann: Person, bob: Person) -> None:
        room = ann.request("POST", "/api/rooms", json={"name": "den", "kind": "private", "history": "joined"}).json()[
            "id"
        ]
        early, late = sent(ann, picture()), sent(ann, picture())
        post(ann, early, room=room)
        assert self.statuses(place, early, ann, bob, None) == [200, 404, 401]
        ann.request("PUT", f"/api/rooms/{room}/members/{bob.id}")
        post(ann, late, room=room)
        assert self.statuses(place, early, bob) == [404], "from before they came"
        assert self.statuses(place, late, bob) == [200]
        assert ann.request("DELETE", f"/api/rooms/{room}/members/{bob.id}").status_code == 204
        assert self.statuses(place, late, ann, bob) == [200, 404]

    def test_who_leaves_no_longer_sees_what_they_sent(self, place: RunningServer, ann: Person, bob: Person) -> None:
        room = ann.request("POST", "/api/rooms", json={"name": "tea", "kind": "public"}).json()["id"]
        bob.request("PUT", f"/api/rooms/{room}/members/{bob.id}")
        file = sent(bob, picture())
        post(bob, file, room=room)
        bob.request("DELETE", f"/api/rooms/{room}/members/{bob.id}")
        assert self.statuses(place, file, ann, bob) == [200, 404]

    def test_the_public(self, tmp_path: Path) -> None:
        with serving(tmp_path / "instance", PUBLIC_READ="1") as server:
            ann = server.register("Ann")
            room = ann.request("POST", "/api/rooms", json={"name": "tea", "kind": "public"}).json()["id"]
            loose, general, elsewhere = (sent(ann, picture()) for _ in range(3))
            post(ann, general)
            post(ann, elsewhere, room=room)
            assert [self.statuses(server, file, None)[0] for file in (loose, general, elsewhere)] == [404, 200, 404]


class TestGoing:
    """What is deleted is gone at once, and its bytes a moment later."""

    def test_with_its_message(self, place: RunningServer, ann: Person) -> None:
        before = set(kept(place.instance))
        file = sent(ann, picture())
        message = post(ann, file, source="oops")
        assert len(set(kept(place.instance)) - before) == 2, "the picture and its thumbnail"
        edited = ann.request("PUT", f"/api/messages/{message['id']}", json={"source": ""}).json()
        assert edited["files"] == [file], "an edit keeps them, even without a text"
        assert ann.request("DELETE", f"/api/messages/{message['id']}").status_code == 204
        assert "files" not in ann.get(f"/api/messages/{message['id']}").json()
        assert fetched(place, file, ann).status_code == 404
        until(lambda: set(kept(place.instance)) <= before)

    def test_thrown_away_by_who_sent_it(self, place: RunningServer, ann: Person, bob: Person) -> None:
        before = set(kept(place.instance))
        file = sent(ann)
        assert bob.request("DELETE", f"/api/files/{file['id']}").status_code == 404
        assert ann.request("DELETE", f"/api/files/{file['id']}").status_code == 204
        assert fetched(place, file, ann).status_code == 404
        assert ann.request("DELETE", f"/api/files/{file['id']}").status_code == 404
        until(lambda: set(kept(place.instance)) <= before)

    def test_what_is_posted_cannot_be_thrown_away(self, ann: Person) -> None:
        file = sent(ann)
        post(ann, file)
        assert ann.request("DELETE", f"/api/files/{file['id']}").status_code == 404
