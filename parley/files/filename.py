"""Names of files, as people gave them and as others may see them. Pure."""

import re
import unicodedata

LONGEST = 180  # bytes in UTF-8: what file systems and headers take without trouble
LONGEST_EXTENSION = 20
SPARE = "file"
TAKEN = "thumbnail"  # the address of the small picture, beside that of the file

_JOINERS = "\u200c\u200d"  # of Persian, of Indian scripts, and of emoji
_PATH = re.compile(r".*[/\\]", re.DOTALL)


def clean(name: str) -> str:
    r"""The name without a path, control characters and characters that turn the direction of text; never empty.

    `photo\u202egpj.exe` would else be read as if it ended in .jpg. Too long a name keeps its extension.
    """
    name = unicodedata.normalize("NFC", _PATH.sub("", name))
    name = "".join(" " if each.isspace() else each for each in name if each.isspace() or _is_shown(each))
    name = " ".join(name.split())
    if not name.strip(". "):
        return SPARE
    if len(name.encode()) > LONGEST:
        stem, dot, extension = name.rpartition(".")
        if not stem or len(extension.encode()) > LONGEST_EXTENSION:
            stem, dot, extension = name, "", ""
        room = LONGEST - len(f"{dot}{extension}".encode())
        name = stem.encode()[:room].decode(errors="ignore").rstrip() + dot + extension
    return f"{name}_" if name == TAKEN else name


def _is_shown(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
