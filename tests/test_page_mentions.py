"""The page writes mentions that the server understands: `windows/mentioning.js` beside `parley/mentions.py`."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from parley import names
from parley.errors import Invalid
from parley.mentions import WHOLE_ROOM, settle
from parley.text import render

NODE = Path(sys.executable).with_name("node")
SCRIPT = Path(__file__).parent / "js" / "spelled.js"
LETTERS = [*"abzÄéßoO019 -._*`~'\"()[]<>!#&\\/|+=@,;?太郎한नीعｱİ👑", "👩\u200d🚀", "e\u0301"]
PIECES = ["@room", "@ALL", "@here", '@"everyone"', "@ann", " ", "\n", "\n\n", "a", ".", "`", "> ", "\\", "-", "*", ","]


def of_the_page(asked: dict[str, Any]) -> dict[str, Any]:
    """What the page makes of these."""
    done = subprocess.run([NODE, SCRIPT], input=json.dumps(asked), capture_output=True, check=True, text=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def nicknames() -> list[str]:
    """Many that the server allows."""
    dice = random.Random(28)
    found: set[str] = set()
    while len(found) < 2_000:
        try:
            found.add(names.check("".join(dice.choices(LETTERS, k=dice.randint(1, 12)))))
        except Invalid:
            continue
    return sorted(found)


def test_whatever_somebody_is_called_the_page_writes_it_so_that_they_are_mentioned() -> None:
    people = nicknames()
    for name, written in zip(people, of_the_page({"names": people, "texts": []})["spelled"], strict=True):
        for text in (f"{written} ", f"hi {written}, you", f"one\n{written}\n\n**two**"):
            rendered = render(text)
            _, called = settle(rendered.marked, rendered.candidates, {names.key(name): 7}.get)
            assert called == [7], (name, text)


def test_the_page_asks_before_a_room_is_called_and_seldom_otherwise() -> None:
    dice = random.Random(28)
    texts = ["".join(dice.choices(PIECES, k=dice.randint(1, 8))) for _ in range(3_000)]
    wrong = 0
    for text, asks in zip(texts, of_the_page({"names": [], "texts": texts})["calls"], strict=True):
        rendered = render(text)
        _, called = settle(rendered.marked, rendered.candidates, dict.fromkeys(names.RESERVED, WHOLE_ROOM).get)
        wrong += bool(called) != asks
    assert wrong < len(texts) // 50, "what is code, and where a quote ends, the page only guesses"
