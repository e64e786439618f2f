"""What a file is, by its first bytes and never by its name or by what its sender says. Pure.

Signatures as in https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern and the specifications of the formats.
"""

import re

HEAD = 4096  # bytes that are looked at
UNKNOWN = "application/octet-stream"

# What a browser plays or draws and nothing else: these may be shown, everything else is only for downloading.
SHOWN = frozenset(
    {
        *("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"),
        *("video/mp4", "video/webm", "video/quicktime", "video/ogg"),
        *("audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac"),
    }
)

_BEGINNINGS = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
    (re.compile(rb"....ftypqt  ", re.DOTALL), "video/quicktime"),
    (re.compile(rb"....ftyp(?:M4A|M4B)", re.DOTALL), "audio/mp4"),
    (re.compile(rb"....ftyp(?:isom|iso[2-9]|mp4[12]|avc1|M4V|MSNV|dash|3gp)", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1aE\xdf\xa3.{0,60}\x42\x82.{1,8}webm", re.DOTALL), "video/webm"),
    (re.compile(rb"OggS\x00.{0,60}theora", re.DOTALL), "video/ogg"),
    (re.compile(rb"OggS\x00"), "audio/ogg"),
    (re.compile(rb"ID3[\x02-\x04]|\xff[\xfb\xf3\xf2]"), "audio/mpeg"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"fLaC"), "audio/flac"),
    (re.compile(rb"%PDF-"), "application/pdf"),
    (re.compile(rb"PK\x03\x04|PK\x05\x06"), "application/zip"),
    (re.compile(rb"\x1f\x8b\x08"), "application/gzip"),
)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
TEXT = "text/plain; charset=utf-8"


def kind(head: bytes) -> str:
    """The media type of a file that begins so. Markup and scripts are plain text."""
    for beginning, found in _BEGINNINGS:
        if beginning.match(head):
            return found
    return TEXT if head and _is_text(head) else UNKNOWN


def _is_text(head: bytes) -> bool:
    if _NO_TEXT.search(head):
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return len(head) >= HEAD and error.start > len(head) - 4  # cut within a character
    return True
