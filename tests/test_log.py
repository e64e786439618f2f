"""Log lines as they arrive on stderr, from real processes: one an event, in one shape, with no secret in them."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from parley.log import configure, hide_credentials
from parley.settings import SetupError
from tests.running import PASSWORD, RunningServer

ROOT = Path(__file__).resolve().parent.parent
START = """
import logging, structlog, threading
from parley.log import configure
log = structlog.get_logger('parley.test')
"""


def lines_of(script: str, level: str = "info") -> list[str]:
    """What a process writes to stderr that configures its logs and runs the script."""
    program = f"{START}configure({level!r})\n{script}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_an_event_is_one_line_of_logfmt() -> None:
    (line,) = lines_of("log.info('stored', room=1, ok=True, nothing=None, name='two words', rate=0.5)")
    stamp, rest = line.split(" ", 1)
    assert stamp.startswith("time=20")
    assert stamp.endswith("Z")
    assert rest == 'level=info event=stored logger=parley.test room=1 ok=true nothing=null name="two words" rate=0.5'


def test_no_value_can_begin_a_second_line_or_colour_a_terminal() -> None:
    (line,) = lines_of(r"log.info('joined', name='x\nlevel=error \x1b[31m\u2028\u202e\r', **{'odd\nkey': 1})")
    assert line.isprintable()
    assert r'name="x\nlevel=error \u001b[31m\u2028\u202e\r"' in line
    assert line.endswith("odd_key=1")


def test_a_half_surrogate_is_escaped() -> None:
    (line,) = lines_of(r"log.info('joined', name='\ud800')")
    assert line.endswith(r'name="\ud800"')


@pytest.mark.parametrize(
    "fields",
    [
        "password='S3CRET'",
        "new_password='S3CRET'",
        "token='S3CRET'",
        "secret_key='S3CRET'",
        "source='S3CRET'",
        "html='<p>S3CRET</p>'",
        "body=b'S3CRET'",
        "cookie='S3CRET'",
        "Authorization='S3CRET'",
        "headers={'Cookie': 'S3CRET', 'Set-Cookie': 'S3CRET'}",
        "frames=[{'type': 'post', 'source': 'S3CRET'}]",
        "url='postgresql+psycopg://parley:S3CRET@db/parley'",
        "url='redis://:S3CRET/with/slash@cache:6379/0'",
        "dsn='host=db password=S3CRET user=parley'",
        "url='http://x/?token=S3CRET&page=1'",
        "header='Bearer S3CRET'",
        "frame=Post('S3CRET')",
        "raw=b'S3CRET'",
        "error=ValueError('S3CRET')",
    ],
)
def test_secrets_and_message_text_stay_out(fields: str) -> None:
    script = (
        f"from dataclasses import make_dataclass\nPost = make_dataclass('Post', ['source'])\nlog.info('seen', {fields})"
    )
    (line,) = lines_of(script, "debug")
    assert "event=seen" in line
    assert "S3CRET" not in line


def test_an_event_that_quotes_an_address_is_cleaned_too() -> None:
    (line,) = lines_of("logging.getLogger('kombu').error('cannot connect to %s', 'redis://:S3CRET@cache')")
    assert 'event="cannot connect to redis://***@cache"' in line


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://u:p@h/db", "postgresql://***@h/db"),
        ("amqp://u@h", "amqp://***@h"),
        ("postgresql://u:p@ss@h/db", "postgresql://***@h/db"),
        ("sqlite:////srv/instance/parley.db", "sqlite:////srv/instance/parley.db"),
        ("https://example.org/@somebody", "https://example.org/@somebody"),
        ("http://127.0.0.1:5000/api", "http://127.0.0.1:5000/api"),
    ],
)
def test_only_credentials_are_hidden_in_addresses(text: str, hidden: str) -> None:
    assert hide_credentials(text) == hidden


FAILURE = """
import sqlite3
def fail():
    try:
        sqlite3.connect('/nowhere/parley.db')
    except sqlite3.Error as error:
        raise ValueError('S3CRET') from error
try:
    fail()
except ValueError:
    log.exception('failed')
"""


def test_an_exception_is_one_line_without_its_message() -> None:
    (line,) = lines_of(FAILURE)
    assert 'error="ValueError from OperationalError" reason=SQLITE_CANTOPEN where=<string>:' in line
    assert "S3CRET" not in line
    assert "traceback" not in line


def test_debug_adds_the_frames_in_the_same_line() -> None:
    (line,) = lines_of(FAILURE, "debug")
    assert r"traceback=\"ValueError\n  File".replace('\\"', '"') in line
    assert "S3CRET" not in line


def test_the_way_through_parley_is_shown() -> None:
    (line,) = lines_of(
        "from parley import parsing\ntry:\n    parsing.parse('[]')\nexcept Exception:\n    log.exception('failed')"
    )
    assert "error=Invalid" in line
    assert "where=parley/parsing.py:" in line


def test_our_own_refusals_may_speak() -> None:
    raising = "from parley.errors import Denied\ntry:\n    raise Denied('Not yours.')\n"
    (line,) = lines_of(raising + "except Denied:\n    log.exception('failed')")
    assert 'error=Denied reason="Not yours."' in line


@pytest.mark.parametrize(
    "script",
    [
        "raise KeyError('S3CRET')",
        "def run(): raise KeyError('S3CRET')\nthread = threading.Thread(target=run)\nthread.start()\nthread.join()",
    ],
)
def test_what_nobody_caught_is_one_line_without_a_stack_trace(script: str) -> None:
    (line,) = lines_of(script)
    assert "level=critical event=uncaught" in line
    assert "error=KeyError where=<string>:" in line
    assert "S3CRET" not in line


def test_asyncio_does_not_dump_what_a_lost_task_held() -> None:
    script = """
import asyncio, gc
async def lose():
    raise KeyError('S3CRET')
async def main():
    task = asyncio.create_task(lose())
    await asyncio.sleep(0)
    del task
    gc.collect()
asyncio.run(main())
"""
    (line,) = lines_of(script)
    assert 'event="Task exception was never retrieved" logger=asyncio' in line
    assert "S3CRET" not in line


def test_a_warning_is_one_line() -> None:
    (line,) = lines_of("import warnings\nwarnings.warn('old\\nthing')")
    assert 'level=warning event="UserWarning at <string>:' in line
    assert "old" in line


@pytest.mark.parametrize(
    ("ending", "outcome", "more"),
    [
        ("received", "received", {}),
        ("succeeded in %(runtime)ss: %(return_value)s", "succeeded", {"runtime": 0.25, "return_value": "S3CRET"}),
        ("%(description)s: %(exc)s", "raised unexpected", {"description": "raised unexpected", "exc": "S3CRET"}),
        ("retry: %(exc)s", "retry", {"exc": "S3CRET"}),
    ],
)
def test_celery_tells_the_task_and_not_its_result(ending: str, outcome: str, more: dict[str, object]) -> None:
    args = {"id": "7", "name": "preview", "args": "S3CRET", **more}
    (line,) = lines_of(f"logging.getLogger('celery.app.trace').warning('Task %(name)s[%(id)s] {ending}', {args!r})")
    assert f'event="task {outcome}" logger=celery.app.trace task=preview id=7' in line
    assert ("seconds=0.25" in line) == ("runtime" in more)
    assert "S3CRET" not in line


@pytest.mark.parametrize("name", ["sqlalchemy.engine", "httpx", "markdown_it", "uvicorn.access", "websockets.server"])
def test_libraries_that_quote_texts_are_not_asked(name: str) -> None:
    assert lines_of(f"logging.getLogger({name!r}).info('S3CRET')", "debug") == []


def test_a_whole_session_at_debug_leaves_nothing_behind_that_was_said_or_keeps_a_door(tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "instance", {"LOG_LEVEL": "debug", "PREVIEWS": "off"}).start()
    ann = server.register("Ann")
    body = {"nickname": "Ann", "password": PASSWORD}
    cookie = httpx.post(f"{server.url}/sign-in", json=body, headers={"Origin": server.url}).cookies
    with connect(
        f"{server.url.replace('http', 'ws')}/ws",
        origin=Origin(server.url),
        additional_headers={"Cookie": f"parley={cookie['parley']}"},
    ) as socket:
        socket.send('{"type": "hello"}')
        socket.send('{"type": "post", "key": "1", "room": 1, "source": "S3CRET by socket"}')
        socket.send("S3CRET that is no JSON")
        with suppress(ConnectionClosed):
            while True:
                socket.recv(10)
    assert ann.request("POST", "/api/messages", json={"source": "S3CRET by HTTP"}).status_code == 201
    assert server.stop() == 0
    for secret in ("S3CRET", PASSWORD, ann.token, cookie["parley"], cookie["parley"].split(".")[0]):
        assert [line for line in server.log if secret in line] == []


def test_events_below_the_level_are_dropped() -> None:
    (line,) = lines_of("log.info('quiet')\nlog.warning('loud')", "warning")
    assert "event=loud" in line


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(SetupError, match="choose one of debug, info, warning, error"):
        configure("loud")
