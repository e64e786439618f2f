"""The text of a page out of its bytes, as browsers decode it (WHATWG Encoding and HTML). Pure, no I/O."""

import codecs
import re

# Labels of the standard that Python does not know, and encodings that the standard reads as a superset.
_LABELS = {"x-sjis": "cp932", "windows-31j": "cp932", "windows-874": "cp874", "x-gbk": "gb18030"}
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Others of Python's codecs are no encodings of text, or cost more than linear time (punycode).
_ENCODINGS = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "big5hkscs", "cp932", "cp949", "gb18030", "euc_jp", "iso2022_jp"}
    | {"cp866", "cp874", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic"}
    | {f"cp{page}" for page in range(1250, 1259)}
    | {f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,300}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([a-z0-9_:.\-]{1,40})", re.IGNORECASE)
_META_WITHIN = 1024  # bytes: where the standard looks for a declared charset


def decode(body: bytes, declared: str | None) -> str:
    """Decode a page, whole or cut off anywhere; never fails, at worst some characters are U+FFFD.

    The order is that of browsers: byte order mark, the charset `declared` in the header, meta, UTF-8,
    and Windows-1252 for what is none of it.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    encoding = _encoding(declared or "")
    if not encoding and (found := _META.search(body[:_META_WITHIN])):
        encoding = _encoding(found[1].decode("ascii"))
        if encoding.startswith("utf-16"):
            encoding = "utf-8"  # the declaration could be read as ASCII, so it cannot be true
    if encoding:
        return body.decode(encoding, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body)  # lets the cut fall within a character
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _encoding(label: str) -> str:
    label = label.strip(" \t\"'").lower()
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return ""
    name = _SUPERSETS.get(name, name)
    return name if name in _ENCODINGS else ""
