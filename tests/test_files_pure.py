"""What a file is, what it is called, and what of a picture is shown: without a server."""

import io
import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.files.examined import examined
from parley.files.filename import LONGEST, clean
from parley.files.kind import HEAD, SHOWN, TEXT, UNKNOWN, kind
from parley.files.metadata import Unreadable, stripped
from parley.files.pictures import LONGEST_SIDE, look
from tests.pictures import GPS, MAKER, ORIENTATION, bomb, opened, picture, telling

PIXELS = 50_000_000


class TestNames:
    """Names as others may see them."""

    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            ("cat.jpg", "cat.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\cat.jpg", "cat.jpg"),
            ("a\r\nSet-Cookie: x.txt", "a Set-Cookie: x.txt"),
            ("photo\u202egpj.exe", "photogpj.exe"),
            ("\u2066x\u2069.txt", "x.txt"),
            ('say "hi".txt', 'say "hi".txt'),
            ("Résumé 京.pdf", "Résumé 京.pdf"),
            ("e\u0301.txt", "é.txt"),
            ("می\u200cخواهم.txt", "می\u200cخواهم.txt"),
            ("👩\u200d🚀.png", "👩\u200d🚀.png"),
            ("  a \t b  ", "a b"),
            ("", "file"),
            ("...", "file"),
            ("folder/", "file"),
            ("\x00\x1b", "file"),
            ("thumbnail", "thumbnail_"),
        ],
    )
    def test_each(self, given: str, shown: str) -> None:
        assert clean(given) == shown

    def test_a_long_one_keeps_its_extension(self) -> None:
        name = clean("京" * 300 + ".tar.gz")
        assert name.endswith("京.gz")
        assert len(name.encode()) <= LONGEST

    @given(st.text())
    def test_whatever_is_given(self, given: str) -> None:
        name = clean(given)
        assert name
        assert clean(name) == name
        assert len(name.encode()) <= LONGEST + 1
        assert not {"/", "\\", "\n", "\r", "\x00", "\u202e"} & set(name)


class TestKinds:
    """By content alone."""

    @pytest.mark.parametrize("kind_of", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
    def test_pictures(self, kind_of: str) -> None:
        assert kind(picture(kind_of)) == f"image/{kind_of.lower()}"

    @pytest.mark.parametrize(
        ("head", "found"),
        [
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "video/mp4"),
            (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
            (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
            (b"\0\0\0\x14ftypM4A ", "audio/mp4"),
            (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm", "video/webm"),
            (b"OggS\0\x02" + bytes(20) + b"\x01\x1e\x01vorbis", "audio/ogg"),
            (b"OggS\0\x02" + bytes(20) + b"\x01\x2a\x80theora", "video/ogg"),
            (b"ID3\x03", "audio/mpeg"),
            (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
            (b"fLaC", "audio/flac"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04", "application/zip"),
            (b"plain words, \xc3\xa9", TEXT),
            (b"<!doctype html><script>alert(1)</script>", TEXT),
            (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', TEXT),
            (b"", UNKNOWN),
            (b"\0\1\2", UNKNOWN),
            (b"\xff\xfe", UNKNOWN),
        ],
    )
    def test_others(self, head: bytes, found: str) -> None:
        assert kind(head) == found

    def test_text_that_is_cut_within_a_character(self) -> None:
        assert kind("é".encode() * HEAD)[: len(TEXT)] == TEXT
        assert kind((b"x" + "é".encode() * HEAD)[:HEAD]) == TEXT

    def test_no_markup_is_shown(self) -> None:
        assert not [each for each in SHOWN if "svg" in each or "html" in each or "xml" in each or "text" in each]


class TestThumbnails:
    """The small copy."""

    @pytest.mark.parametrize("kind_of", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
    def test_of_each_kind(self, kind_of: str) -> None:
        found = look(io.BytesIO(picture(kind_of, (1600, 400))), PIXELS)
        assert found is not None
        assert (found.width, found.height) == (1600, 400)
        small = opened(found.thumbnail)
        assert (small.format, small.size) == ("WEBP", (LONGEST_SIDE, LONGEST_SIDE // 4))

    def test_a_small_one_stays_small(self) -> None:
        found = look(io.BytesIO(picture("PNG", (16, 9))), PIXELS)
        assert found is not None
        assert opened(found.thumbnail).size == (16, 9)

    def test_it_stands_upright(self) -> None:
        found = look(io.BytesIO(picture("JPEG", (200, 100), exif=telling(6))), PIXELS)
        assert found is not None
        assert (found.width, found.height) == (100, 200)
        small = opened(found.thumbnail)
        assert small.size == (100, 200)
        red, _, blue = small.getpixel((50, 20))  # type: ignore[misc]
        assert red > 200 > blue, "what was left is above"

    @pytest.mark.parametrize("kind_of", ["JPEG", "PNG", "WEBP", "AVIF"])
    def test_it_tells_nothing(self, kind_of: str) -> None:
        found = look(io.BytesIO(picture(kind_of, exif=telling())), PIXELS)
        assert found is not None
        assert b"Spy" not in found.thumbnail
        assert not dict(opened(found.thumbnail).getexif())

    @pytest.mark.parametrize("size", [(60_000, 60_000), (50_000_001, 1), (0, 5)])
    def test_a_bomb_is_not_decoded(self, size: tuple[int, int]) -> None:
        assert look(io.BytesIO(bomb(*size)), PIXELS) is None

    @pytest.mark.parametrize(
        "data",
        [
            *(b"", b"GIF89a=1;alert(1)//", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"<svg/>"),
            *(picture("PNG", (300, 300))[:200], picture("BMP"), picture("TIFF"), picture("PPM")),
        ],
    )
    def test_what_is_no_picture_for_us(self, data: bytes) -> None:
        assert look(io.BytesIO(data), PIXELS) is None

    def test_of_what_is_transparent_it_is_transparent(self) -> None:
        target = io.BytesIO()
        from_red = opened(picture()).convert("RGBA")
        from_red.putalpha(0)
        from_red.save(target, "PNG")
        found = look(target, PIXELS)
        assert found is not None
        assert opened(found.thumbnail).mode == "RGBA"


class TestOriginals:
    """What is kept of a picture: each pixel, and nothing of where it was taken."""

    @pytest.mark.parametrize("kind_of", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("orientation", [1, 6])
    def test_the_place_is_removed_and_no_pixel(self, kind_of: str, orientation: int) -> None:
        more = {"comment": b"by Spy"} if kind_of == "JPEG" else {"xmp": b"<x>Spy</x>"} if kind_of == "WEBP" else {}
        before = picture(kind_of, (64, 48), exif=telling(orientation), icc_profile=b"colours" * 30, **more)
        assert b"Spy" in before
        after = b"".join(bytes(part) for part in stripped(f"image/{kind_of.lower()}", memoryview(before)))
        assert b"Spy" not in after
        old, new = opened(before), opened(after)
        assert old.tobytes() == new.tobytes()
        exif = new.getexif()
        assert (GPS in exif, MAKER in exif) == (False, False)
        assert exif.get(ORIENTATION, 1) == orientation
        assert new.info.get("icc_profile") == old.info.get("icc_profile")

    def test_what_follows_the_end_of_a_jpeg_goes_too(self) -> None:
        film = picture("JPEG", (8, 8), exif=telling())
        after = b"".join(bytes(part) for part in stripped("image/jpeg", memoryview(picture("JPEG") + film)))
        assert after.endswith(b"\xff\xd9")
        assert b"Spy" not in after

    def test_a_progressive_jpeg(self) -> None:
        before = picture("JPEG", (300, 200), progressive=True, exif=telling(3))
        after = b"".join(bytes(part) for part in stripped("image/jpeg", memoryview(before)))
        assert opened(before).tobytes() == opened(after).tobytes()

    @pytest.mark.parametrize("kind_of", ["JPEG", "PNG", "WEBP"])
    def test_broken_ones_are_refused_and_do_no_harm(self, kind_of: str) -> None:
        whole = picture(kind_of, (64, 48), exif=telling(6))
        chance = random.Random(7)
        for _ in range(300):
            data = bytearray(whole[: chance.randrange(len(whole))])
            for _ in range(chance.randrange(4)):
                if data:
                    data[chance.randrange(len(data))] = chance.randrange(256)
            with suppress(Unreadable):
                sum(len(part) for part in stripped(f"image/{kind_of.lower()}", memoryview(bytes(data))))


class TestExamined:
    """All of that together."""

    def look(self, data: bytes, tmp_path: Path) -> tuple[str, int, bytes, bool]:
        with (tmp_path / "body").open("w+b") as body:
            body.write(data)
            body.flush()
            with examined(body, PIXELS, None) as found:
                found.body.seek(0)
                return found.type, found.size, found.body.read(), found.picture is not None

    def test_a_picture(self, tmp_path: Path) -> None:
        found, size, data, shown = self.look(picture("JPEG", exif=telling()), tmp_path)
        assert (found, size, shown) == ("image/jpeg", len(data), True)
        assert b"Spy" not in data

    @pytest.mark.parametrize("data", [bomb(), b"GIF89a=1;alert(1)//" + bytes(99), picture()[:60]])
    def test_what_only_looks_like_one_is_kept_for_downloading(self, data: bytes, tmp_path: Path) -> None:
        assert self.look(data, tmp_path) == (UNKNOWN, len(data), data, False)

    def test_all_else_is_kept_as_it_came(self, tmp_path: Path) -> None:
        assert self.look(b"some words", tmp_path) == (TEXT, 10, b"some words", False)
