"""Files over HTTP: who may read one, and that it is gone with its message."""

from pathlib import Path

import httpx

from tests.nodes import until
from tests.pictures import picture
from tests.running import Person, RunningServer, serving
from tests.senders import address, fetched, kept, post, sent


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

    def test_before_it_is_posted_and_in_the_general_room(
        self, depot: RunningServer, sender: Person, reader: Person
    ) -> None:
        file = sent(sender, picture())
        assert self.statuses(depot, file, sender, reader, None) == [200, 404, 401]
        post(sender, file)
        assert self.statuses(depot, file, sender, reader, None) == [200, 200, 401]

    def test_in_a_private_room(self, depot: RunningServer, sender: Person, reader: Person) -> None:
        room = sender.request(
            "POST", "/api/rooms", json={"name": "den", "kind": "private", "history": "joined"}
        ).json()["id"]
        early, late = sent(sender, picture()), sent(sender, picture())
        post(sender, early, room=room)
        assert self.statuses(depot, early, sender, reader, None) == [200, 404, 401]
        sender.request("PUT", f"/api/rooms/{room}/members/{reader.id}")
        post(sender, late, room=room)
        assert self.statuses(depot, early, reader) == [404], "from before they came"
        assert self.statuses(depot, late, reader) == [200]
        assert sender.request("DELETE", f"/api/rooms/{room}/members/{reader.id}").status_code == 204
        assert self.statuses(depot, late, sender, reader) == [200, 404]

    def test_who_leaves_no_longer_sees_what_they_sent(
        self, depot: RunningServer, sender: Person, reader: Person
    ) -> None:
        room = sender.request("POST", "/api/rooms", json={"name": "tea", "kind": "public"}).json()["id"]
        reader.request("PUT", f"/api/rooms/{room}/members/{reader.id}")
        file = sent(reader, picture())
        post(reader, file, room=room)
        reader.request("DELETE", f"/api/rooms/{room}/members/{reader.id}")
        assert self.statuses(depot, file, sender, reader) == [200, 404]

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

    def test_with_its_message(self, depot: RunningServer, sender: Person) -> None:
        before = set(kept(depot.instance))
        file = sent(sender, picture())
        message = post(sender, file, source="oops")
        assert len(set(kept(depot.instance)) - before) == 2, "the picture and its thumbnail"
        edited = sender.request("PUT", f"/api/messages/{message['id']}", json={"source": ""}).json()
        assert edited["files"] == [file], "an edit keeps them, even without a text"
        assert sender.request("DELETE", f"/api/messages/{message['id']}").status_code == 204
        assert "files" not in sender.get(f"/api/messages/{message['id']}").json()
        assert fetched(depot, file, sender).status_code == 404
        until(lambda: set(kept(depot.instance)) <= before)

    def test_thrown_away_by_who_sent_it(self, depot: RunningServer, sender: Person, reader: Person) -> None:
        before = set(kept(depot.instance))
        file = sent(sender)
        assert reader.request("DELETE", f"/api/files/{file['id']}").status_code == 404
        assert sender.request("DELETE", f"/api/files/{file['id']}").status_code == 204
        assert fetched(depot, file, sender).status_code == 404
        assert sender.request("DELETE", f"/api/files/{file['id']}").status_code == 404
        until(lambda: set(kept(depot.instance)) <= before)

    def test_what_is_posted_cannot_be_thrown_away(self, sender: Person) -> None:
        file = sent(sender)
        post(sender, file)
        assert sender.request("DELETE", f"/api/files/{file['id']}").status_code == 404
