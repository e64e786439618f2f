"""Pictures for the tests, made by hand or by Pillow."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

PLACE = "N 52 31 12"  # what a camera tells of where it was
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """A picture, red on the left and blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def telling(orientation: int = 1) -> bytes:
    """Exif as cameras write it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[MAKER] = "Spy"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    return exif.tobytes()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has this many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def opened(data: bytes) -> Image.Image:
    """What Pillow makes of it, all of it read."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
