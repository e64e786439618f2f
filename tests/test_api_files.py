"""Files over HTTP: sent, posted and fetched."""

from pathlib import Path

import httpx
import pytest

from tests.pictures import bomb, picture, telling
from tests.running import Person, RunningServer, serving
from tests.senders import LARGEST, address, fetched, kept, post, send, sent

GIF_AND_SCRIPT = b"GIF89a/*" + bytes(40) + b"*/=1;alert(document.domain)//"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_a_picture_is_sent_posted_and_seen(depot: RunningServer, sender: Person, reader: Person) -> None:
    file = sent(sender, picture("JPEG", (1000, 500), exif=telling(6)), "holiday.jpg")
    assert file == {
        **{"id": file["id"], "name": "holiday.jpg", "type": "image/jpeg", "size": file["size"]},
        **{"width": 500, "height": 1000, "thumbnail": True},
    }
    with reader.chat() as chat:
        chat.next("log")
        message = post(sender, file, source="look")
        assert chat.next("message")["message"]["files"] == [file]
    assert message["files"] == [file]
    assert reader.get(f"/api/messages/{message['id']}").json()["files"] == [file]
    assert reader.get(f"/api/files/{file['id']}").json() == file

    answer = fetched(depot, file, reader)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert len(answer.content) == file["size"]
    assert b"Spy" not in answer.content
    small = reader.get(f"/files/{file['id']}/thumbnail")
    assert (small.status_code, small.headers["Content-Type"]) == (200, "image/webp")
    assert small.content.startswith(b"RIFF")


def test_a_message_without_files_says_nothing_of_files(sender: Person) -> None:
    message = sender.request("POST", "/api/messages", json={"source": "words"}).json()
    assert "files" not in message


def test_a_message_may_be_files_alone_and_they_are_in_their_order(sender: Person) -> None:
    files = [sent(sender, b"%d" % number, f"{number}.txt") for number in range(10)]
    message = post(sender, *reversed(files))
    assert (message["source"], message["html"]) == ("", "")
    assert message["files"] == files[::-1]
    with sender.chat() as chat:
        chat.send({"type": "post", "key": "by-socket", "room": 1, "source": "", "files": [sent(sender)["id"]]})
        assert chat.answer("by-socket")["type"] == "ack"


class TestWhatIsRefused:
    """Posting what cannot be posted."""

    def refuse(self, person: Person, files: list[int], code: str, source: str = "") -> None:
        answer = person.request("POST", "/api/messages", json={"source": source, "files": files})
        assert (answer.status_code, answer.json()["code"]) == (400, code)

    def test_nothing(self, sender: Person) -> None:
        self.refuse(sender, [], "empty")

    def test_the_file_of_another(self, sender: Person, reader: Person) -> None:
        self.refuse(reader, [sent(sender)["id"]], "no_such_file")

    def test_one_that_is_not_there(self, sender: Person) -> None:
        self.refuse(sender, [4711], "no_such_file", "with a text")

    def test_one_that_is_in_a_message_already(self, sender: Person) -> None:
        file = sent(sender)
        post(sender, file)
        self.refuse(sender, [file["id"]], "no_such_file")

    def test_the_same_twice(self, sender: Person) -> None:
        number = sent(sender)["id"]
        self.refuse(sender, [number, number], "invalid")

    def test_eleven(self, sender: Person) -> None:
        self.refuse(sender, list(range(1, 12)), "invalid")

    def test_a_retry_is_no_refusal(self, sender: Person) -> None:
        file = sent(sender)
        assert post(sender, file, key="again") == post(sender, file, key="again")


class TestSending:
    """What is not taken in."""

    def refused(self, answer: httpx.Response, status: int, code: str) -> str:
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        detail: str = answer.json()["detail"]
        return detail

    def test_by_nobody(self, depot: RunningServer) -> None:
        self.refused(httpx.post(f"{depot.url}/api/files?name=x", content=b"x"), 401, "unauthenticated")

    def test_from_the_page_of_a_stranger(self, depot: RunningServer) -> None:
        visitor = httpx.Client(base_url=depot.url, headers={"Origin": depot.url})
        visitor.post("/sign-in", json={"nickname": "Browser", "password": "correct horse", "create": True})
        assert visitor.post("/api/files?name=x", content=b"x").status_code == 201
        visitor.headers["Origin"] = "https://evil.example"
        self.refused(visitor.post("/api/files?name=x", content=b"x"), 403, "foreign_origin")

    def test_too_large(self, sender: Person) -> None:
        assert sent(sender, b"x" * LARGEST)["size"] == LARGEST
        assert f"{LARGEST:,}" in self.refused(send(sender, b"x" * (LARGEST + 1)), 413, "too_large")

    def test_nothing(self, sender: Person) -> None:
        self.refused(send(sender, b""), 400, "empty")

    def test_without_a_name(self, sender: Person) -> None:
        self.refused(sender.request("POST", "/api/files", content=b"x"), 400, "invalid")

    def test_of_a_length_that_nobody_knows(self, sender: Person) -> None:
        answer = sender.request("POST", "/api/files", content=iter((b"in ", b"chunks")), params={"name": "x"})
        self.refused(answer, 400, "length_required")

    def test_beyond_the_quota(self, tmp_path: Path) -> None:
        with serving(tmp_path / "instance", FILE_QUOTA="1000") as server:
            ann, bob = server.register("Ann"), server.register("Bob")
            message = post(ann, sent(ann, b"x" * 600))
            self.refused(send(ann, b"x" * 600), 409, "quota_exceeded")
            assert len(kept(tmp_path / "instance")) == 1
            sent(bob, b"x" * 600)
            assert ann.request("DELETE", f"/api/messages/{message['id']}").status_code == 204
            sent(ann, b"x" * 600)

    def test_too_often(self, tmp_path: Path) -> None:
        with serving(tmp_path / "instance", RATE_LIMITS="on", UPLOAD_RATE="2/day", DOWNLOAD_RATE="3/hour") as server:
            ann = server.register("Ann")
            file, _ = sent(ann), sent(ann)
            self.refused(send(ann, b"x"), 429, "rate_limited")
            assert [fetched(server, file, ann).status_code for _ in range(4)] == [200, 200, 200, 429]


class TestWhatItIs:
    """The type is found in the content; what a browser could run is only ever downloaded."""

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
    def test_pictures_are_shown(self, depot: RunningServer, sender: Person, kind: str) -> None:
        answer = fetched(depot, sent(sender, picture(kind), "lies.html"), sender)
        assert answer.headers["Content-Type"] == f"image/{kind.lower()}"
        assert answer.headers["Content-Disposition"].startswith("inline;")

    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (SVG, "logo.svg"),
            (SVG, "photo.jpg"),
            (b"<html><script>alert(1)</script>", "page.html"),
            (b"%PDF-1.7 <script>", "paper.pdf"),
            (GIF_AND_SCRIPT, "anim.gif"),
            (bomb(), "large.png"),
            (picture("PNG", (2000, 1000)), "more-pixels-than-allowed.png"),
            (picture()[:70], "broken.png"),
            (b"MZ\x90\0\3", "photo\u202egpj.exe"),
        ],
    )
    def test_all_else_is_downloaded(self, depot: RunningServer, sender: Person, data: bytes, name: str) -> None:
        file = sent(sender, data, name)
        assert not file["thumbnail"]
        assert file["width"] is None
        assert sender.get(f"/files/{file['id']}/thumbnail").status_code == 404
        answer = fetched(depot, file, sender)
        assert answer.content == data
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["Content-Type"] in (
            "application/octet-stream",
            "text/plain; charset=utf-8",
            "application/pdf",
        )

    def test_whatever_it_is_it_can_do_nothing(self, depot: RunningServer, sender: Person) -> None:
        file = sent(sender, picture(), "a.png")
        for answer in (fetched(depot, file, sender), sender.get(f"/files/{file['id']}/thumbnail")):
            assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize(
        ("name", "shown", "told"),
        [
            ('a "b".txt', 'a "b".txt', "filename=\"a _b_.txt\"; filename*=UTF-8''a%20%22b%22.txt"),
            (
                "a\r\nX-Evil: 1.txt",
                "a X-Evil: 1.txt",
                "filename=\"a X-Evil: 1.txt\"; filename*=UTF-8''a%20X-Evil%3A%201.txt",
            ),
            ("Zoë.txt", "Zoë.txt", "filename=\"Zoe.txt\"; filename*=UTF-8''Zo%C3%AB.txt"),
            ("שלום\u202e.txt", "שלום.txt", "filename=\".txt\"; filename*=UTF-8''%D7%A9%D7%9C%D7%95%D7%9D.txt"),
            ("100%?#.txt", "100%?#.txt", "filename=\"100%?#.txt\"; filename*=UTF-8''100%25%3F%23.txt"),
            ("thumbnail", "thumbnail_", "filename=\"thumbnail_\"; filename*=UTF-8''thumbnail_"),
        ],
    )
    def test_names(self, depot: RunningServer, sender: Person, name: str, shown: str, told: str) -> None:
        file = sent(sender, b"x", name)
        assert file["name"] == shown
        answer = fetched(depot, file, sender)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f"attachment; {told}"
        assert "X-Evil" not in answer.headers

    def test_under_another_name_it_is_not_there(self, sender: Person) -> None:
        assert sender.get(f"/files/{sent(sender)['id']}/invoice.pdf").status_code == 404


class TestFetching:
    """Parts, and what is known already."""

    def test_ranges(self, depot: RunningServer, sender: Person) -> None:
        file = sent(sender, bytes(range(200)), "film.bin")
        for wanted, start, stop in (("bytes=0-9", 0, 10), ("bytes=190-", 190, 200), ("bytes=-5", 195, 200)):
            answer = fetched(depot, file, sender, Range=wanted)
            assert answer.status_code == 206
            assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/200"
            assert answer.content == bytes(range(start, stop))
        beyond = fetched(depot, file, sender, Range="bytes=200-")
        assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */200")
        whole = fetched(depot, file, sender)
        assert (whole.headers["Accept-Ranges"], whole.headers["Content-Length"]) == ("bytes", "200")

    def test_what_a_browser_has_is_not_sent_again(self, depot: RunningServer, sender: Person) -> None:
        file = sent(sender)
        tag = fetched(depot, file, sender).headers["ETag"]
        again = fetched(depot, file, sender, **{"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert fetched(depot, file, sender, **{"If-Range": tag, "Range": "bytes=0-0"}).status_code == 206
        assert fetched(depot, file, sender, **{"If-Range": '"other"', "Range": "bytes=0-0"}).status_code == 200

    def test_head(self, sender: Person) -> None:
        answer = sender.request("HEAD", address(sent(sender)))
        assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "10", b"")

    def test_one_whose_bytes_are_lost(self, depot: RunningServer, sender: Person) -> None:
        before = set(kept(depot.instance))
        file = sent(sender)
        (lost,) = set(kept(depot.instance)) - before
        lost.unlink()
        answer = fetched(depot, file, sender)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
