"""`:smile:` and its like, by the names of the `emoji` package (those of Unicode, GitHub and Slack). Pure, no I/O."""

import re

import emoji as library

_TYPED = re.compile(r"[a-z0-9+][a-z0-9_+-]+")  # names that are worth offering: `_1` and `åland_islands` are not
_EMOJI: dict[str, str] = {}
for _emoji, _data in library.EMOJI_DATA.items():
    if _data["status"] <= library.STATUS["fully_qualified"]:
        for _name in (*_data.get("alias", ()), _data["en"]):
            _EMOJI.setdefault(_name[1:-1].lower(), _emoji)


def replace(text: str) -> str:
    """Put the emoji in place of each known `:name:` that stands apart; names know no case.

    Next to a letter or digit it stays, and after an unused colon: `std::a::b`, `10:100:5` and `fe80::a:b`
    hold no emoji. Takes linear time.
    """
    parts = text.split(":")
    out = [parts[0]]
    apart = not parts[0][-1:].isalnum()  # whether the next colon may open a name
    i = 1
    while i < len(parts):
        known = _EMOJI.get(parts[i].lower()) if apart and i + 1 < len(parts) else None
        if known and not parts[i + 1][:1].isalnum():
            out += known, parts[i + 1]
            apart = not parts[i + 1][-1:].isalnum()
            i += 2
        else:
            out += ":", parts[i]
            apart = parts[i] != "" and not parts[i][-1:].isalnum()
            i += 1
    return "".join(out)


def emoji(raw: str) -> str | None:
    """The one emoji that this is, or that its `:name:` means; None when it is none.

    Keyboards differ in U+FE0F; the same emoji is the same text here.
    """
    found = replace(raw)
    return library.emojize(library.demojize(found)) if library.is_emoji(found) else None


def catalogue() -> list[tuple[str, ...]]:
    """Every emoji with the names that mean it, for choosing from; those with a skin tone are left out."""
    names: dict[str, list[str]] = {}
    for name, each in _EMOJI.items():
        if _TYPED.fullmatch(name) and "skin_tone" not in name:
            names.setdefault(each, []).append(name)
    return [(each, *found) for each, found in names.items()]
