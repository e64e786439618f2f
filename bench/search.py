"""`--only search`: what is looked for among a million messages, and how long the index takes that they did not have."""

import random
import sqlite3
import tempfile
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import httpx

from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import Server
from bench.sides import US
from bench.town import settle

PAST = 1_000_000  # messages
ASKED = 20  # times each, in a round
MOST = 300.0  # milliseconds
WORDS = 20_000  # in the language of the town, used as Zipf says
CHINESE = 0.1  # of the messages
NEEDLE = "needle 針線"  # in one message, an old one

# What is asked for; whatever begins with a $ is drawn from the words.
KINDS = {
    "a common word": "$common",
    "a rare word": "$rare",
    "two words": "$common $rare",
    "a phrase": '"$common $common"',
    "part of a word": "$part",
    "one old message": "needle",
    "two old characters": "針線",
    "one old character": "針",
    "two common letters": "ba",
    "nothing, two letters": "qx",
    "nothing, a word": "qxqxqx",
    "a person's": "from:me $common",
    "by day": "$common before:2100 after:2000",
}
ORDERS = ("relevance", "time")


def measure(options: Options) -> Samples:
    """A town from before there was an index; then each kind in turn, in both orders."""
    samples = Samples()
    with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
        token = settle(Path(folder), people=100, messages=PAST)[0]
        words = _speak(Path(folder))
        started = perf_counter()
        with Server(Path(folder)) as server, httpx.Client(base_url=server.url, timeout=60) as client:
            client.headers["Authorization"] = f"Bearer {token}"
            _wait_for_index(Path(folder))
            built = perf_counter() - started
            for number in range(options.rounds):
                chance = random.Random(number)
                figures = {
                    f"{kind}, {order}": _ask(client, text, order, words, chance)
                    for kind, text in KINDS.items()
                    for order in ORDERS
                }
                samples.append(Sample(US, PAST, {**figures, "index": built}))
                options.progress(f"{number + 1}/{options.rounds} {figures} ms, index {built:.0f} s")
    return samples


def _speak(folder: Path) -> list[str]:
    """Let everybody have said something else, in words that are returned, the commonest first."""
    chance = random.Random(7)
    words = list({_word(chance): None for _ in range(WORDS)})
    weights = list(accumulate(1 / (place + 5) for place in range(len(words))))

    def said(seq: int) -> str:
        if seq == PAST // 10:
            return NEEDLE
        if chance.random() < CHINESE:
            return "".join(chr(0x4E00 + int(2000 * chance.random() ** 2)) for _ in range(15))
        return " ".join(chance.choices(words, cum_weights=weights, k=chance.choice((4, 8, 12, 20))))

    with closing(sqlite3.connect(folder / "parley.db")) as database:
        database.create_function("said", 1, said)
        database.execute("PRAGMA synchronous = OFF")
        database.execute("UPDATE messages SET source = said(seq)")
        database.commit()
    return words


def _word(chance: random.Random) -> str:
    syllables = chance.choice((1, 2, 2, 3, 3, 4))
    return "".join(chance.choice("bcdfghjklmnprstvwz") + chance.choice("aeiou") for _ in range(syllables))


def _wait_for_index(folder: Path) -> None:
    """Until the server has followed all logs."""
    behind = (
        "SELECT count(*) FROM rooms LEFT JOIN search_cursors ON room_id = id "
        "WHERE head > 0 AND coalesce(search_cursors.seq, 0) < head"
    )
    with closing(sqlite3.connect(folder / "parley.db", timeout=30)) as database:
        while database.execute(behind).fetchone()[0]:
            sleep(0.2)


def _ask(client: httpx.Client, text: str, order: str, words: list[str], chance: random.Random) -> float:
    """The median, in milliseconds."""
    found = []
    for _ in range(ASKED):
        asked = " ".join(_drawn(part, words, chance) for part in text.split())
        started = perf_counter()
        client.get("/api/search", params={"q": asked, "order": order}).raise_for_status()
        found.append((perf_counter() - started) * 1000)
    return round(median(found), 1)


def _drawn(part: str, words: list[str], chance: random.Random) -> str:
    bare = part.strip('"')
    among = {
        "$common": words[:100],
        "$rare": words[len(words) // 2 :],
        "$part": [word[1:] for word in words if len(word) > 5],
    }.get(bare)
    return part if among is None else part.replace(bare, chance.choice(among))


def _slowest(samples: Samples) -> tuple[str, float]:
    figures = [f"{kind}, {order}" for kind in KINDS for order in ORDERS]
    return max(((each, samples.median(US, PAST, each)) for each in figures), key=lambda each: each[1])


def _reached(samples: Samples) -> tuple[str, bool]:
    kind, took = _slowest(samples)
    return f"{took:.0f} ms ({kind})", took <= MOST


def show(samples: Samples) -> str:
    """Medians by kind."""
    rows = [[kind, *(f"{samples.median(US, PAST, f'{kind}, {order}'):.1f} ms" for order in ORDERS)] for kind in KINDS]
    said = (
        f"The first page of 20 among {PAST:,} messages on SQLite, over HTTP; words are drawn by lot. The server had "
        f"no index when it started, and had made it after {samples.median(US, PAST, 'index'):.0f} s, working half of "
        "the time."
    )
    return table(["looked for", *(f"by {order}, p50" for order in ORDERS)], rows) + "\n\n" + said


SEARCH = Scenario(
    "search",
    "Search",
    measure,
    [Target("search in 1,000,000 messages, the slowest kind of query: p50", f"≤ {MOST:.0f} ms", _reached)],
    show,
)
