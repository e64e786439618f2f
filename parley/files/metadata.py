"""Where and with what a picture was taken, removed from its file without touching a pixel. Pure.

Cameras write the place into every photograph. What is kept is what the picture needs to look the same: pixels, colours,
movement, orientation. JPEG: ISO/IEC 10918-1 annex B, Exif 2.32. PNG: https://www.w3.org/TR/png-3/. WebP: RFC 9649.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NoReturn

# A file, be it mapped into memory, and the parts of it that stay, in their order.
Buffer = memoryview
Parts = Iterator[bytes | Buffer]


class Unreadable(ValueError):
    """The file is not built as its format asks for."""


def stripped(kind: str, data: Buffer) -> Parts:
    """The parts of a picture of this media type, without what tells of its making. Raises Unreadable, also midway.

    Other types come back whole.
    """
    return _STRIPPERS.get(kind, _whole)(data)


def _whole(data: Buffer) -> Parts:
    yield data


# ── JPEG ────────────────────────────────────────────────────────────────────────────────────────────

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_COMMENT = 0xFE
_EXIF = b"Exif\0\0"
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")  # behind compressed data, where FF00 and RSTn are data


def _jpeg(data: Buffer) -> Parts:
    """Applications' segments go, but for JFIF, Adobe's colours and colour profiles; so does all behind the end.

    There, and in those segments, are previews and films with places of their own.
    """
    if bytes(data[:2]) != b"\xff\xd8":
        _refuse()
    yield data[:2]
    at = 2
    while True:
        while at < len(data) - 1 and data[at] == data[at + 1] == 0xFF:  # fill bytes
            at += 1
        if at + 4 > len(data) or data[at] != 0xFF:
            if bytes(data[at : at + 2]) == b"\xff\xd9":
                break
            _refuse()
        marker = data[at + 1]
        if marker == _EOI:
            break
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        if marker < 0xC0 or end > len(data):
            _refuse()
        content = data[at + 4 : end]
        if marker == _APP1 and bytes(content[:6]) == _EXIF:
            if tiff := _orientation(content[6:]):
                yield struct.pack(">HH", 0xFFE1, 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff
        elif _stays(marker, content):
            yield data[at:end]
        at = end
        if marker == _SOS:
            found = _NEXT_MARKER.search(data, at)
            if found is None:  # cut short: browsers show what is there
                yield data[at:]
                break
            yield data[at : found.start()]
            at = found.end() - 2
    yield b"\xff\xd9"


def _stays(marker: int, content: Buffer) -> bool:
    if marker == _APP2:
        return bytes(content[:12]) == b"ICC_PROFILE\0"
    return marker in (_APP0, _APP14) or not (_APP0 <= marker <= _APP15 or marker == _COMMENT)


# ── PNG ─────────────────────────────────────────────────────────────────────────────────────────────

_TELLING_CHUNKS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}


def _png(data: Buffer) -> Parts:
    yield data[:8]
    at = 8
    while at < len(data):
        if at + 12 > len(data):
            _refuse()
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            _refuse()
        if name == b"eXIf" and (tiff := _orientation(data[at + 8 : end - 4])):
            yield struct.pack(">I", len(tiff)) + (chunk := name + tiff) + struct.pack(">I", zlib.crc32(chunk))
        elif name not in _TELLING_CHUNKS:
            yield data[at:end]
        if name == b"IEND":
            return
        at = end
    _refuse()


# ── WebP ────────────────────────────────────────────────────────────────────────────────────────────

_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04  # of VP8X, which says what else there is


def _webp(data: Buffer) -> Parts:
    chunks = [(name, part) for name, part in _webp_chunks(data) if name != b"XMP "]
    exif = next((part[8:] for name, part in chunks if name == b"EXIF"), memoryview(b""))
    upright = _orientation(exif[6:] if bytes(exif[:6]) == _EXIF else exif)
    chunks = [(name, part) for name, part in chunks if name != b"EXIF"]
    if upright:
        chunks.append((b"EXIF", memoryview(b"EXIF" + struct.pack("<I", len(upright)) + upright)))
    yield b"RIFF" + struct.pack("<I", 4 + sum(len(part) for _, part in chunks)) + b"WEBP"
    for name, part in chunks:
        if name == b"VP8X":
            flags = part[8] & ~(_EXIF_FLAG | _XMP_FLAG) | (_EXIF_FLAG if upright else 0)
            yield bytes(part[:8]) + bytes([flags]) + bytes(part[9:])
        else:
            yield part


def _webp_chunks(data: Buffer) -> Iterator[tuple[bytes, Buffer]]:
    if len(data) < 12:
        _refuse()
    whole = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    at = 12
    while at + 8 <= whole:
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if at + 8 + length > whole:
            _refuse()
        yield name, data[at:end]
        at = end


# ── Exif ────────────────────────────────────────────────────────────────────────────────────────────


def _orientation(tiff: Buffer) -> bytes:
    """Exif that says which way is up, and nothing else; empty if this one does not say."""
    if len(tiff) < 8 or bytes(tiff[:2]) not in (b"II", b"MM"):
        return b""
    order = "<" if tiff[0] == 0x49 else ">"
    start = struct.unpack_from(f"{order}I", tiff, 4)[0]
    if start + 2 > len(tiff):
        return b""
    for entry in range(start + 2, len(tiff) - 11, 12)[: struct.unpack_from(f"{order}H", tiff, start)[0]]:
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
        if tag == 0x0112 and 2 <= value <= 8:
            return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)
    return b""


def _refuse() -> NoReturn:
    raise Unreadable


_STRIPPERS: dict[str, Callable[[Buffer], Parts]] = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}
