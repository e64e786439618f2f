"""Pages in which what a command writes stands between `<!-- NAME -->` and `<!-- /NAME -->`. Pure."""

import re
from collections.abc import Mapping

PLACE = re.compile(r"(<!-- ([\w-]+) -->\n)(.*?)(<!-- /\2 -->)", re.DOTALL)


def put(page: str, parts: Mapping[str, str]) -> str:
    """The page with these parts in their places. Raises KeyError for a place without a part, and the reverse."""
    places = [found[2] for found in PLACE.finditer(page)]
    if sorted(places) != sorted(parts):
        raise KeyError(f"the page has places for {sorted(places)}, there are {sorted(parts)}")

    def place(found: re.Match[str]) -> str:
        content = parts[found[2]].strip("\n")  # not spaces: a block of code is indented
        return f"{found[1]}\n{content}\n\n{found[4]}"

    return PLACE.sub(place, page)


def take(page: str) -> dict[str, str]:
    """What stands in each place."""
    return {found[2]: found[3].strip("\n") for found in PLACE.finditer(page)}
