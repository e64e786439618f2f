"""Messages over the API: who may not, and what everybody may where the public reads."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.api import Api, Caller, got, refused, sources


class TestWhoMayNot:
    """Every way to a message, tried by who is not signed in, does not own it, or is not in its room."""

    def ways(self, number: int) -> list[tuple[str, str, object]]:
        path = f"/api/messages/{number}"
        return [
            ("PUT", path, {"source": "mine now"}),
            ("DELETE", path, None),
            ("DELETE", f"{path}/previews/0", None),
            ("GET", path, None),
            ("PUT", f"{path}/reactions/{quote('👍')}", None),
            ("DELETE", f"{path}/reactions/{quote('👍')}", None),
        ]

    def test_nobody_signed_in(self, api: Api) -> None:
        number = api.person("Ann").say("hi https://example.org:9999/")["id"]
        for method, path, body in self.ways(number):
            refused(api.anonymous().request(method, path, body), 401, "unauthenticated")
        refused(api.anonymous().get("/api/messages"), 401, "unauthenticated")
        refused(api.anonymous().post("/api/messages", {"source": "hi"}), 401, "unauthenticated")

    def test_another(self, api: Api) -> None:
        ann, bob = api.person("Ann"), api.person("Bob")
        message = ann.say("hi https://example.org:9999/")
        for method, path, body in self.ways(message["id"])[:3]:
            refused(bob.request(method, path, body), 403, "denied")
        assert got(ann.get(f"/api/messages/{message['id']}"))["source"] == message["source"]

    def test_an_outsider(self, api: Api) -> None:
        ann, bob = api.person("Ann"), api.person("Bob")
        room = api.room(ann.id)
        message = ann.say("between us https://example.org:9999/", room=room)
        assert message["room"] == room
        for method, path, body in self.ways(message["id"]):
            refused(bob.request(method, path, body), 404, "not_found")
        for cut in ("", "&after=0", "&before=9", "&updated_since=0"):
            refused(bob.get(f"/api/messages?room={room}{cut}"), 404, "not_found")
        refused(bob.post("/api/messages", {"source": "let me in", "room": room}), 404, "not_found")
        assert sources(got(bob.get("/api/messages"))) == []
        assert sources(got(ann.get(f"/api/messages?room={room}"))) == [message["source"]]

    def test_no_such_message_and_no_such_room(self, api: Api) -> None:
        ann = api.person("Ann")
        for method, path, body in self.ways(999999):
            refused(ann.request(method, path, body), 404, "not_found")
        refused(ann.get("/api/messages?room=999999"), 404, "not_found")
        refused(ann.post("/api/messages", {"source": "hi", "room": 999999}), 404, "not_found")

    @pytest.mark.parametrize("number", ["0", str(2**53 + 1), "9" * 30, "-1", "x", "1.0", "%F0%9D%9F%8F"])
    def test_numbers_that_no_message_has(self, shared_person: Caller, number: str) -> None:
        refused(shared_person.get(f"/api/messages/{number}"), 404, "not_found")

    def test_an_entry_of_the_room_itself(self, api: Api) -> None:
        ann = api.person("Ann")
        entry = got(ann.get("/api/messages"))["messages"][0]
        assert entry["author"] == ann.id
        refused(ann.put(f"/api/messages/{entry['id']}", {"source": "Ann reigns"}), 403, "denied")
        refused(ann.delete(f"/api/messages/{entry['id']}"), 403, "denied")


class TestPublicRead:
    """PUBLIC_READ=1: anybody reads the general room and the people, and nothing more."""

    @pytest.fixture
    def public(self, make_api: Callable[..., Api]) -> Api:
        return make_api(public_read=True)

    def test_anybody_reads(self, public: Api) -> None:
        message = public.person("Ann").say("hi")
        anonymous = public.anonymous()
        assert sources(got(anonymous.get("/api/messages"))) == ["hi"]
        assert got(anonymous.get(f"/api/messages/{message['id']}")) == message
        assert [user["nickname"] for user in got(anonymous.get("/api/users"))["users"]] == ["Ann"]
        assert got(anonymous.get("/stats"))["users"] == 1

    def test_nobody_reads_other_rooms(self, public: Api) -> None:
        ann = public.person("Ann")
        room = public.room(ann.id)
        message = ann.say("between us", room=room)
        refused(public.anonymous().get(f"/api/messages?room={room}"), 404, "not_found")
        refused(public.anonymous().get(f"/api/messages/{message['id']}"), 404, "not_found")
        assert sources(got(ann.get(f"/api/messages?room={room}"))) == ["between us"]

    def test_nobody_writes(self, public: Api) -> None:
        ann = public.person("Ann")
        path = f"/api/messages/{ann.say('hi')['id']}"
        anonymous = public.anonymous()
        refused(anonymous.post("/api/messages", {"source": "hi"}), 401, "unauthenticated")
        refused(anonymous.put(path, {"source": "ho"}), 401, "unauthenticated")
        refused(anonymous.delete(path), 401, "unauthenticated")
        refused(anonymous.get(f"/api/users/{ann.id}"), 401, "unauthenticated")

    def test_bad_credentials_are_still_refused(self, public: Api) -> None:
        refused(public.anonymous(Authorization="Bearer nothing").get("/api/messages"), 401, "unauthenticated")

    def test_readers_are_limited_by_address(self, make_api: Callable[..., Api]) -> None:
        anonymous = make_api(public_read=True, api_rate="2/day").anonymous()
        assert [anonymous.get("/api/users").status_code for _ in range(3)] == [200, 200, 429]
