"""`--only http`: what a request costs, for which there is no target: the way of a message is the socket."""

import json
import re
import sys
import tempfile
from http import HTTPStatus
from pathlib import Path

import httpx
import uvloop

from bench.dialects import SOURCE
from bench.scenario import Options, Sample, Samples, Scenario, table
from bench.server import PASSWORD, Process, Server
from bench.town import GENERAL, settle
from bench.visitors import CLIENTS, Request, visit

MESSAGES = 10_000  # in the room
HOP = (sys.executable, "-m", "bench.peers.hop")
ON_THE_LOOP, ON_A_THREAD, BY_FLASK = "an ASGI function", "the same on a thread (WSGI)", "the same by Flask"
WAYS = {ON_THE_LOOP: "/asgi", ON_A_THREAD: "/wsgi", BY_FLASK: "/flask"}
HEALTH = "`/healthz`"
POST = "`POST /api/messages`"


def measure(options: Options) -> Samples:
    """Each request in turn, and then the three ways to answer, in each round on servers that have just started."""
    samples = Samples()
    for number in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="parley-bench-") as folder:
            settle(Path(folder), people=1, messages=MESSAGES)
            with Server(Path(folder)) as server:
                found = _ask(server, server.port, requests(server), options.seconds)
        with Process(HOP) as process:
            ways = {name: Request(path) for name, path in WAYS.items()}
            found |= _ask(process, int(process.said.split()[2]), ways, options.seconds)
        for name, figures in found.items():
            samples.append(Sample(name, CLIENTS, figures))
            said = f"{figures['rate']:,.0f} requests/s, {figures['cpu'] / 1000:.2f} ms CPU each"
            options.progress(f"{number + 1}/{options.rounds} {name}: {said}")
    return samples


def _ask(process: Process, port: int, asked: dict[str, Request], seconds: float) -> dict[str, dict[str, float]]:
    return {name: uvloop.run(visit(port, request, seconds, process.cpu)) for name, request in asked.items()}


def requests(server: Server) -> dict[str, Request]:
    """What somebody with a session, and a program with a token, ask for; the post last, for it adds to the room."""
    bearer = f"Authorization: Bearer {server.tokens(1)[0]}\r\n"
    with httpx.Client(base_url=server.url, headers={"Origin": server.url}) as browser:
        form = {"nickname": "Somebody with a browser", "password": PASSWORD, "create": True}
        browser.post("/sign-in", json=form).raise_for_status()
        cookie = "Cookie: " + "; ".join(f"{name}={value}" for name, value in browser.cookies.items()) + "\r\n"
        script = re.findall(r"/static/[^\"]+/main\.js", browser.get("/").raise_for_status().text)[0]
        etag = browser.get(script, headers={"Accept-Encoding": "gzip"}).raise_for_status().headers["ETag"]
    gzip = "Accept-Encoding: gzip\r\n"
    post = json.dumps({"room": GENERAL, "source": SOURCE}).encode()
    return {
        HEALTH: Request("/healthz"),
        "the page `/`, signed in by cookie": Request("/", headers=cookie + gzip),
        "a script": Request(script, headers=gzip),
        "the same with `If-None-Match`: 304": Request(
            script, HTTPStatus.NOT_MODIFIED, f"{gzip}If-None-Match: {etag}\r\n"
        ),
        **{
            f"`GET /api/messages?limit={limit}`": Request(f"/api/messages?room={GENERAL}&limit={limit}", headers=bearer)
            for limit in (50, 200)
        },
        POST: Request(
            "/api/messages", HTTPStatus.CREATED, f"{bearer}Content-Type: application/json\r\n", post, method="POST"
        ),
    }


def show(samples: Samples) -> str:
    """What each costs, and where it goes."""

    def figure(side: str, name: str) -> float:
        return samples.median(side, CLIENTS, name)

    rows = [
        [
            side,
            f"{figure(side, 'rate'):,.0f}",
            f"{figure(side, 'cpu') / 1000:.2f} ms",
            f"{figure(side, 'p50'):.1f} ms",
            f"{figure(side, 'size'):,.0f}",
        ]
        for side in samples.sides()
    ]
    loop, thread, flask, health = (figure(side, "cpu") for side in (ON_THE_LOOP, ON_A_THREAD, BY_FLASK, HEALTH))
    said = (
        f"{CLIENTS} clients, each with one connection that stays open and one request at a time; {MESSAGES:,} messages "
        "in the room; limits off. The last three rows are the same few bytes, given by the same HTTP server in three "
        "ways ([hop.py](../bench/peers/hop.py)). "
        f"A function on the loop answers for {loop:,.0f} µs of CPU. The way over a thread and back (a2wsgi, and the "
        f"wait for the whole body) adds {thread - loop:,.0f} µs, Flask {flask - thread:,.0f} µs more; what is left of "
        f"{HEALTH}, {health - flask:,.0f} µs, are our routes, headers and checks. Beside its CPU a post waits for the "
        "disk, together with those of the other clients."
    )
    return table(["request", "requests/s", "CPU a request", "p50", "bytes of the answer"], rows) + "\n\n" + said


HTTP = Scenario("http", "HTTP: what a request costs", measure, [], show)
