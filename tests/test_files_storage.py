"""What every storage promises, be it a folder or a bucket; and what either says when it cannot be used."""

import io
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from parley.errors import NotFound, Unavailable
from parley.files import folder
from parley.files.open import open_storage
from parley.files.s3 import Place, place
from parley.files.storage import Storage
from parley.settings import Settings, SetupError
from tests.buckets import Bucket

BYTES = bytes(range(256)) * 1000


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, settings: Settings) -> Storage:
    """One of each, empty."""
    url = request.getfixturevalue("bucket").url if request.param == "s3" else ""
    opened = open_storage(replace(settings, files_url=url))
    opened.check()
    return opened


def test_what_is_put_is_read_again_whole_and_in_pieces(storage: Storage) -> None:
    storage.put("ab12", io.BytesIO(BYTES))
    assert storage.read("ab12", 0, len(BYTES)) == BYTES
    assert storage.read("ab12", 100, 7) == BYTES[100:107]
    assert storage.read("ab12", len(BYTES) - 3, 100) == BYTES[-3:]
    assert storage.read("ab12", len(BYTES), 1) == b""


def test_the_body_is_read_from_its_beginning(storage: Storage) -> None:
    body = io.BytesIO(b"all of it")
    body.seek(4)
    storage.put("ab12", body)
    assert storage.read("ab12", 0, 99) == b"all of it"


def test_nothing_at_all_can_be_kept(storage: Storage) -> None:
    storage.put("ab12", io.BytesIO(b""))
    assert storage.read("ab12", 0, 10) == b""


def test_what_is_removed_is_gone_and_twice_is_once(storage: Storage) -> None:
    storage.put("ab12", io.BytesIO(b"x"))
    storage.put("ab12.thumbnail", io.BytesIO(b"y"))
    for _ in range(2):
        storage.remove("ab12")
    with pytest.raises(NotFound):
        storage.read("ab12", 0, 1)
    assert storage.read("ab12.thumbnail", 0, 1) == b"y"


def test_who_breaks_off_leaves_nothing(storage: Storage, request: pytest.FixtureRequest, settings: Settings) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises((Unavailable, OSError)):
        storage.put("ab12", Breaks(b"half"))
    with pytest.raises(NotFound):
        storage.read("ab12", 0, 1)
    assert not [path for path in settings.instance.rglob("*") if path.is_file()]


class TestFolder:
    """Files beside the database."""

    def test_only_its_owner_may_look(self, settings: Settings) -> None:
        storage = open_storage(settings)
        storage.check()
        storage.put("ab12", io.BytesIO(b"x"))
        kept = settings.instance / "files" / "ab" / "ab12"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert kept.parent.parent.stat().st_mode & 0o777 == 0o700

    def test_what_was_left_by_somebody_killed_goes_in_a_day(self, settings: Settings) -> None:
        storage = open_storage(settings)
        storage.check()
        storage.put("ab12", io.BytesIO(b"x"))
        old, new = (settings.instance / "files" / "ab" / f"{name}{folder.PARTIAL}" for name in ("old", "new"))
        for path in (old, new):
            path.write_bytes(b"half")
        os.utime(old, (time.time() - folder.LEFT_AFTER - 60,) * 2)
        storage.check()
        assert (old.exists(), new.exists()) == (False, True)

    def test_one_that_cannot_be_is_refused(self, settings: Settings, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        with pytest.raises(SetupError, match="FILES_URL"):
            open_storage(replace(settings, files_url=str(tmp_path / "file"))).check()


class TestBucket:
    """Files in a bucket."""

    def test_they_are_in_the_folder_that_the_url_names(self, bucket: Bucket, settings: Settings) -> None:
        open_storage(replace(settings, files_url=bucket.url)).put("ab12", io.BytesIO(b"x"))
        assert bucket.names() == ["parley/ab12"]

    def test_one_that_is_not_there_is_refused(self, bucket: Bucket, settings: Settings) -> None:
        url = bucket.url.replace(bucket.name, "nobody-made-it")
        with pytest.raises(SetupError, match="nobody-made-it"):
            open_storage(replace(settings, files_url=url)).check()

    def test_a_store_that_is_away_is_unavailable(self, bucket: Bucket, settings: Settings, free_address: str) -> None:
        url = bucket.url.replace(bucket.endpoint, free_address)
        storage = open_storage(replace(settings, files_url=url))
        with pytest.raises(SetupError):
            storage.check()
        body: IO[bytes] = io.BytesIO(b"x")
        for work in (lambda: storage.put("a", body), lambda: storage.read("a", 0, 1), lambda: storage.remove("a")):
            with pytest.raises(Unavailable):
                work()

    @pytest.fixture
    def free_address(self) -> str:
        """Where nobody listens."""
        return "http://127.0.0.1:9"

    def test_what_a_url_says(self) -> None:
        assert place("s3://media") == Place("media", "", None, None)
        url = "s3://media/a/b/?endpoint=https://s3.example.org:9000&region=eu-1"
        assert place(url) == Place("media", "a/b/", "https://s3.example.org:9000", "eu-1")

    @pytest.mark.parametrize(
        "url", ["s3://", "s3:///folder", "s3://b?what=1", "s3://b?endpoint=a&endpoint=b", "s3://b?x", "s3://[b"]
    )
    def test_urls_that_say_something_else(self, url: str) -> None:
        with pytest.raises(SetupError, match="s3://bucket/folder"):
            place(url)

    def test_credentials_do_not_belong_there(self) -> None:
        with pytest.raises(SetupError, match="AWS_ACCESS_KEY_ID") as caught:
            place("s3://key:hushhush@bucket")
        assert "hushhush" not in str(caught.value)


def test_other_addresses_are_refused() -> None:
    with pytest.raises(SetupError, match="FILES_URL"):
        Settings.from_environment({"FILES_URL": "ftp://host/files"})
