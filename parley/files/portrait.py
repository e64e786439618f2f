"""From a picture of any kind to squares of a person's face."""

import io

from PIL import Image, ImageOps

from parley.files.pictures import decoded, upright, webp

PIXELS = 40_000_000
SIZES = (256, 96)  # pixels of a side
QUALITY = 82


def squares(sent: bytes) -> dict[int, bytes] | None:
    """The middle of a picture as WebP, in each of the sizes; None when it is none, is broken or has too many pixels."""
    return decoded(io.BytesIO(sent), PIXELS, _squares)


def _squares(image: Image.Image) -> dict[int, bytes]:
    image.draft("RGB", (2 * max(SIZES), 2 * max(SIZES)))  # a JPEG is then decoded small
    plain = upright(image)
    return {size: webp(ImageOps.fit(plain, (size, size), Image.Resampling.LANCZOS), QUALITY) for size in SIZES}
