"""`--only history`: a page of history and a catch-up, in a room with a short past and with a long one."""

import random
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

from bench.scenario import Options, Sample, Samples, Scenario, Target, table
from bench.server import Server
from bench.sides import US
from bench.town import GENERAL, settle

PASTS = (10_000, 1_000_000)  # messages in the room
PAGE = 200  # messages
ASKED = 100  # times in a round
MOST = 1.5  # times as long as in the short past
WAYS = {"page": "before", "catch-up": "after"}  # what is asked for, and by which parameter


def measure(options: Options) -> Samples:
    """Each past in turn; in each round at places drawn by lot."""
    samples = Samples()
    for past in PASTS:
        with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
            token = settle(Path(folder), people=1, messages=past)[0]
            with Server(Path(folder)) as server, httpx.Client(base_url=server.url) as client:
                client.headers["Authorization"] = f"Bearer {token}"
                for number in range(options.rounds):
                    chance = random.Random(number)
                    figures = {way: _ask(client, name, past, chance) for way, name in WAYS.items()}
                    samples.append(Sample(US, past, figures))
                    options.progress(f"{number + 1}/{options.rounds} {past:,} messages: {figures} ms")
    return samples


def _ask(client: httpx.Client, name: str, past: int, chance: random.Random) -> float:
    """The median, in milliseconds."""
    found = []
    for _ in range(ASKED):
        place = chance.randrange(PAGE + 1, past - PAGE)
        started = perf_counter()
        answer = client.get("/api/messages", params={"room": GENERAL, name: place, "limit": PAGE}).raise_for_status()
        found.append((perf_counter() - started) * 1000)
        if len(answer.json()["messages"]) != PAGE:
            raise RuntimeError(f"not a whole page: {name}={place}")
    return median(found)


def _grown(way: str) -> Target:
    def reached(samples: Samples) -> tuple[str, bool]:
        short, long = (samples.median(US, past, way) for past in PASTS)
        return f"{long / short:.2f} × ({short:.1f} to {long:.1f} ms)", long <= short * MOST

    return Target(
        f"{way} of {PAGE}, {PASTS[0]:,} → {PASTS[1]:,} messages in the room: p50",
        f"grows by at most {MOST} ×",
        reached,
    )


def show(samples: Samples) -> str:
    """Medians by past."""
    rows = [[f"{past:,}", *(f"{samples.median(US, past, way):.1f} ms" for way in WAYS)] for past in PASTS]
    said = (
        "Asked for over HTTP, at places drawn by lot; a socket that comes back gets its pages by the same query. "
        "The client's time to read the answer is part of it."
    )
    return table(["messages in the room", *(f"{way} of {PAGE}, p50" for way in WAYS)], rows) + "\n\n" + said


HISTORY = Scenario("history", "A long past", measure, [_grown(way) for way in WAYS], show)
