"""Pictures: their size, and a small copy that may be shown."""

import io
import threading
import warnings
from typing import IO, NamedTuple

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
LONGEST_SIDE = 800  # pixels of a thumbnail: twice what the page gives it, for screens with fine pixels
QUALITY = 80
LONGEST_PROFILE = 16 * 1024  # bytes of a colour profile that a thumbnail keeps
AT_ONCE = 2  # pictures that are decoded: each takes up to four bytes a pixel
SIDEWAYS = {5, 6, 7, 8}  # orientations that swap width and height (Exif 2.32, tag 0x0112)
ORIENTATION = 0x0112

THUMBNAIL_TYPE = "image/webp"


class Picture(NamedTuple):
    """A picture that was decoded: its size when it stands upright, in pixels, and a small copy of it (WebP)."""

    width: int
    height: int
    thumbnail: bytes


class Pictures:
    """Looks at pictures, a few at a time."""

    def __init__(self, pixels: int) -> None:
        self._pixels = pixels
        self._decoding = threading.BoundedSemaphore(AT_ONCE)

    def look(self, body: IO[bytes]) -> Picture | None:
        """The picture in this file; None if it is none, is broken, or has more pixels than are allowed.

        The number of pixels is taken from the header, before anything is decoded. Of what moves, the first picture
        counts. The thumbnail holds colours and nothing else: no place, camera, time or comment.
        """
        try:
            with warnings.catch_warnings(), Image.open(body, formats=FORMATS) as image:
                warnings.simplefilter("ignore")
                width, height = image.size
                if width * height > self._pixels or not width or not height:
                    return None
                if image.getexif().get(ORIENTATION) in SIDEWAYS:
                    width, height = height, width
                with self._decoding:
                    return Picture(width, height, _thumbnail(image))
        except Exception:
            # Pillow raises whatever its decoders raise (SyntaxError, struct.error, …): it is no picture for us.
            return None


def _thumbnail(image: Image.Image) -> bytes:
    profile = image.info.get("icc_profile") or b""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=3.0)  # a JPEG is then decoded small
    upright = ImageOps.exif_transpose(image)
    plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    if image.mode not in ("RGB", "RGBA", "P", "PA"):
        profile = b""  # of the colours before they were converted
    target = io.BytesIO()
    kept = profile if len(profile) <= LONGEST_PROFILE else b""
    plain.save(target, "WEBP", quality=QUALITY, method=4, icc_profile=kept, exif=b"", xmp=b"")
    return target.getvalue()
