"""RabbitMQ carries the jobs of two real servers, PostgreSQL their events, and a real `manage.py celery` works.

The sweep is so slow here that whatever arrives within a test has rung.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner

from parley.faces.cli import main
from parley.settings import Settings
from tests.nodes import Pair, Window, came, two_servers, until
from tests.rabbitmq import RabbitServer
from tests.running import Frame, Person
from tests.services import PageServer
from tests.workers import Worker

pytestmark = pytest.mark.timeout(300)  # a RabbitMQ and some workers start, on a machine that may be busy


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, made_postgres: str, rabbit_server: RabbitServer
) -> Iterator[Pair]:
    rabbit_server.empty()
    environment = {"CELERY_BROKER_URL": rabbit_server.url, "PREVIEW_ALLOW": "127.0.0.0/8", "SWEEP": "60"}
    with two_servers(tmp_path_factory.mktemp("rabbit"), postgres_server, None, **environment) as pair:
        yield pair


def unfolded(message: Frame) -> bool:
    return all(each["state"] != "pending" for each in message["previews"])


def wait_until_unfolded(person: Person, number: int) -> None:
    """It may take as long as a worker takes to start, which is longer than a socket waits for a frame."""
    until(lambda: unfolded(person.get(f"/api/messages/{number}").json()), 60)


def changes_after(person: Person, number: int) -> int:
    """Changes of the room from the post of a message to its own latest."""
    message = person.get(f"/api/messages/{number}").json()
    return int(message["changed_seq"] - message["seq"])


def test_links_posted_at_one_node_unfold_at_both(
    pair: Pair, rabbit_server: RabbitServer, pages: PageServer, tmp_path: Path
) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    urls = [pages.page(f"/{number}", f"<title>Page {number}</title>") for number in range(4)]
    with closing(Worker(rabbit_server.url, tmp_path)), ExitStack() as stack:
        here, there = (Window(stack.enter_context(each.chat())) for each in (ann, pair.at_two(bob)))
        number = here.chat.post(" ".join(urls))["message"]
        wait_until_unfolded(ann, number)
        for window in (here, there):
            window.see(number, unfolded)
            assert [each["title"] for each in window.mirror.messages[number]["previews"]] == [
                f"Page {each}" for each in range(4)
            ]
    assert sorted(pages.paths) == ["/0", "/1", "/2", "/3"], "each page is fetched once, whichever node took the result"
    assert changes_after(ann, number) == len(urls)


def test_messages_typing_and_presence_cross_over_postgresql(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    with ann.chat() as here, pair.at_two(bob).chat() as there:
        came(here, bob)
        Window(there).see(here.post("hi")["message"])
        here.send({"type": "typing", "room": 1})
        there.next("typing", lambda frame: frame["user"] == ann.id)


def test_a_worker_that_dies_in_the_middle_makes_no_second_preview(
    pair: Pair, rabbit_server: RabbitServer, pages: PageServer, tmp_path: Path
) -> None:
    go_on = threading.Event()

    def slow_at_first(request: BaseHTTPRequestHandler) -> None:
        if pages.paths.count("/slow") == 1:
            go_on.wait(20)
        pages.reply(request, "<title>After all</title>")

    url = pages.answer("/slow", slow_at_first)
    with ExitStack() as stack:
        ann = pair.register("Ann")
        window = Window(stack.enter_context(ann.chat()))
        first = stack.enter_context(closing(Worker(rabbit_server.url, tmp_path)))
        number = window.chat.post(url)["message"]
        pages.wait_for("/slow")
        first.close()
        stack.enter_context(closing(Worker(rabbit_server.url, tmp_path)))
        wait_until_unfolded(ann, number)
        go_on.set()
        # What comes after has been worked on after.
        last = window.chat.post(pages.page("/last", "<title>Last</title>"))["message"]
        wait_until_unfolded(ann, last)
    assert pages.paths.count("/slow") == 2
    assert changes_after(ann, number) == 1, "it unfolded once"


def test_posting_goes_on_while_the_broker_is_away_and_previews_follow(
    pair: Pair, rabbit_server: RabbitServer, pages: PageServer, tmp_path: Path
) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    url = pages.page("/", "<title>Better late</title>")
    with closing(Worker(rabbit_server.url, tmp_path)) as worker, ExitStack() as stack:
        until(lambda: "ready." in worker.said)
        here, there = (Window(stack.enter_context(each.chat())) for each in (ann, pair.at_two(bob)))
        rabbit_server.kill()
        number = here.chat.post(url)["message"]
        there.see(number)
        rabbit_server.start()
        wait_until_unfolded(ann, number)
        there.see(number, unfolded)
    assert changes_after(ann, number) == 1


@pytest.mark.parametrize("wrong", ["port", "password"])
@pytest.mark.parametrize("command", ["runserver", "celery"])
def test_a_wrong_rabbitmq_is_refused_in_one_sentence(
    rabbit: str, on_postgres: Settings, command: str, wrong: str
) -> None:
    url = re.sub(r":\d+//", ":1//", rabbit) if wrong == "port" else rabbit.replace(":guest", ":S3CRET")
    environment = {
        "INSTANCE": str(on_postgres.instance),
        "DATABASE_URL": on_postgres.database_url,
        "CELERY_BROKER_URL": url,
    }
    done = CliRunner().invoke(main, [command], env=environment)
    assert done.exit_code == 1
    assert re.fullmatch(r"Error: The broker at amqp://127\.0\.0\.1:\d+ [^\n]*CELERY_BROKER_URL\.\n", done.stderr)
    assert "S3CRET" not in done.output
