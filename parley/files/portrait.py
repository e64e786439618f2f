"""From a picture of any kind to squares of a person's face. Needs Pillow; no I/O."""

import io
import threading
import warnings

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
PIXELS = 40_000_000
SIZES = (256, 96)  # pixels of a side
QUALITY = 82
AT_ONCE = 2  # pictures that are decoded: each takes up to four bytes a pixel

_decoding = threading.BoundedSemaphore(AT_ONCE)


def squares(sent: bytes) -> dict[int, bytes] | None:
    """The middle of a picture as WebP, in each of the sizes; None when it is none, is broken or has too many pixels.

    What it is says the content, not its name. The number of pixels is taken from the header, before anything is
    decoded; of what moves, the first picture counts. Colours are all that is kept: no place, camera, time or comment.
    """
    try:
        with _decoding, warnings.catch_warnings(), Image.open(io.BytesIO(sent), formats=FORMATS) as image:
            warnings.simplefilter("ignore")
            width, height = image.size
            if not 0 < width * height <= PIXELS:
                return None
            image.draft("RGB", (2 * max(SIZES), 2 * max(SIZES)))  # a JPEG is then decoded small
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            return {size: _webp(ImageOps.fit(plain, (size, size), Image.Resampling.LANCZOS)) for size in SIZES}
    except Exception:
        # Pillow raises whatever its decoders raise (SyntaxError, struct.error, …): it is no picture for us.
        return None


def _webp(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return target.getvalue()
