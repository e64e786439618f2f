"""Pictures: opened with care; their size, and a small copy that may be shown."""

import io
import threading
import warnings
from collections.abc import Callable
from typing import IO, NamedTuple, TypeVar

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
LONGEST_SIDE = 800  # pixels of a thumbnail: twice what the page gives it, for screens with fine pixels
QUALITY = 80
LONGEST_PROFILE = 16 * 1024  # bytes of a colour profile that a thumbnail keeps
AT_ONCE = 2  # pictures that are decoded: each takes up to four bytes a pixel
SIDEWAYS = {5, 6, 7, 8}  # orientations that swap width and height (Exif 2.32, tag 0x0112)
ORIENTATION = 0x0112

THUMBNAIL_TYPE = "image/webp"

Drawn = TypeVar("Drawn")

_decoding = threading.BoundedSemaphore(AT_ONCE)


class Picture(NamedTuple):
    """A picture that was decoded: its size when it stands upright, in pixels, and a small copy of it (WebP)."""

    width: int
    height: int
    thumbnail: bytes


def look(body: IO[bytes], pixels: int) -> Picture | None:
    """The picture in this file, see `decoded`. Its thumbnail keeps colours and nothing else."""
    return decoded(body, pixels, _picture)


def decoded(body: IO[bytes], pixels: int, draw: Callable[[Image.Image], Drawn]) -> Drawn | None:
    """What `draw` makes of the picture in this file; None if it is none, is broken, or has more pixels than that.

    What it is says the content, not its name. The number of pixels is taken from the header, before anything is
    decoded. Of what moves, the first picture counts.
    """
    try:
        with _decoding, warnings.catch_warnings(), Image.open(body, formats=FORMATS) as image:
            warnings.simplefilter("ignore")
            width, height = image.size
            return draw(image) if 0 < width * height <= pixels else None
    except Exception:
        # Pillow raises whatever its decoders raise (SyntaxError, struct.error, …): it is no picture for us.
        return None


def upright(image: Image.Image) -> Image.Image:
    """Turned as it was taken, in plain colours."""
    turned = ImageOps.exif_transpose(image)
    return turned.convert("RGBA" if turned.has_transparency_data else "RGB")


def webp(image: Image.Image, quality: int, profile: bytes = b"") -> bytes:
    """A picture as a file that holds its colours and nothing else: no place, camera, time or comment."""
    target = io.BytesIO()
    image.save(target, "WEBP", quality=quality, method=4, icc_profile=profile, exif=b"", xmp=b"")
    return target.getvalue()


def _picture(image: Image.Image) -> Picture:
    width, height = image.size
    if image.getexif().get(ORIENTATION) in SIDEWAYS:
        width, height = height, width
    return Picture(width, height, _thumbnail(image))


def _thumbnail(image: Image.Image) -> bytes:
    profile = image.info.get("icc_profile") or b""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=3.0)  # a JPEG is then decoded small
    plain = upright(image)
    if image.mode not in ("RGB", "RGBA", "P", "PA"):
        profile = b""  # of the colours before they were converted
    return webp(plain, QUALITY, profile if len(profile) <= LONGEST_PROFILE else b"")
