"""docs/scaling.md: what the command writes stands between `<!-- model: NAME -->` and `<!-- end -->`. Pure."""

import re
from collections.abc import Sequence


def put(page: str, parts: dict[str, str]) -> str:
    """The page with these parts in their places. Raises KeyError for a place without a part, and the reverse."""
    places = re.findall(r"<!-- model: (\w+) -->\n", page)
    if set(places) != set(parts):
        raise KeyError(f"the page has places for {sorted(places)}, there are {sorted(parts)}")

    def part(found: re.Match[str]) -> str:
        return f"{found[1]}{parts[found[2]].strip()}\n{found[3]}"

    return re.sub(r"(<!-- model: (\w+) -->\n).*?(<!-- end -->)", part, page, flags=re.DOTALL)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
