"""deploy/nginx in front of nodes that are ill, of visitors who lie, and with TLS; each in its own short setup."""

import re
import ssl
import subprocess
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

from parley.settings import Settings
from tests.balancers import DEPLOY, Nginx, need_nginx
from tests.running import PASSWORD, Person, RunningServer, serving

PARLEY = (DEPLOY / "nginx" / "parley.conf").read_text()


@pytest.fixture(autouse=True)
def _nginx() -> None:
    need_nginx()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("node") / "instance") as node:
        yield node


class IllNode:
    """Takes requests, and answers 503 as one without a database does, or hangs up without an answer.

    `seen` is what came, `well` a path below which all is well.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.silent = False
        self.well = "/nothing/"
        ill = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                super().handle_one_request()
                self.close_connection = True

            def do_GET(self) -> None:
                ill.seen.append(f"{self.command} {self.path}")
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path.startswith(ill.well):
                    self.send_error(200)
                elif not ill.silent:
                    self.send_error(503)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def ill() -> Iterator[IllNode]:
    ill = IllNode()
    yield ill
    ill.close()


@pytest.fixture
def door(tmp_path: Path, node: RunningServer, ill: IllNode) -> Iterator[Nginx]:
    """One of the two nodes is ill."""
    door = Nginx(tmp_path / "nginx", [ill.port, node.port])
    door.start()
    yield door
    door.stop()


def through(door: Nginx, node: RunningServer) -> Person:
    ann = node.register(f"Ann {uuid.uuid4().hex[:8]}")
    return Person(door, ann.id, ann.nickname, ann.token)


@pytest.mark.parametrize("silent", [False, True], ids=["503", "silence"])
def test_sockets_go_past_a_node_that_drains_or_breaks_down(
    door: Nginx, node: RunningServer, ill: IllNode, silent: bool
) -> None:
    ill.silent = silent
    ann = through(door, node)
    for _ in range(6):
        with ann.chat() as chat:
            assert chat.post("in")["type"] == "ack"
    assert ill.seen.count("GET /ws") >= 2


def test_what_is_read_goes_past_a_node_that_breaks_down(door: Nginx, node: RunningServer, ill: IllNode) -> None:
    ill.silent = True
    ann = through(door, node)
    for _ in range(6):
        assert ann.get("/api/users").status_code == 200
    assert ill.seen.count("GET /api/users") >= 2


def test_without_a_database_the_nodes_still_answer_what_they_can(tmp_path: Path) -> None:
    nodes = [IllNode(), IllNode()]
    for each in nodes:
        each.well = "/static/"
    door = Nginx(tmp_path / "nginx", [each.port for each in nodes])
    door.start()
    for _ in range(5):
        assert httpx.get(f"{door.url}/static/x").status_code == 200
        assert httpx.get(f"{door.url}/ws").status_code == 503
        assert httpx.get(f"{door.url}/api/users").status_code == 503
        assert httpx.post(f"{door.url}/api/messages", content="{}").status_code == 503
    door.stop()
    for each in nodes:
        each.close()


@pytest.mark.parametrize("silent", [False, True], ids=["503", "silence"])
def test_what_would_be_done_twice_is_never_sent_twice(
    door: Nginx, node: RunningServer, ill: IllNode, silent: bool
) -> None:
    ill.silent = silent
    ann = through(door, node)
    texts = [uuid.uuid4().hex for _ in range(12)]
    answers = {text: ann.request("POST", "/api/messages", json={"source": text}).status_code for text in texts}
    direct = Person(node, ann.id, ann.nickname, ann.token)
    stored = [message["source"] for message in direct.get("/api/messages", limit=200).json()["messages"]]
    assert set(answers.values()) <= {201, 502 if silent else 503}
    assert [text for text in texts if text in stored] == [text for text in texts if answers[text] == 201]
    assert all(stored.count(text) <= 1 for text in texts)
    assert ill.seen.count("POST /api/messages") == sum(status != 201 for status in answers.values()) > 0


def test_the_limits_count_the_visitor_whatever_he_says_he_is(tmp_path: Path) -> None:
    with serving(tmp_path / "i", RATE_LIMITS="on", SIGN_IN_ADDRESS_RATE="3/hour", SIGN_IN_RATE="1000/hour") as node:
        door = Nginx(tmp_path / "nginx", [node.port])
        door.start()

        def attempt(number: int, address: str) -> int:
            forged = {
                "X-Forwarded-For": f"192.0.2.{number}",
                "X-Real-IP": f"192.0.2.{number}",
                "Forwarded": "for=1.2.3.4",
            }
            with httpx.Client(transport=httpx.HTTPTransport(local_address=address)) as client:
                return client.post(f"{door.url}/api/tokens", auth=("Nobody", PASSWORD), headers=forged).status_code

        assert [attempt(number, "127.0.0.2") for number in range(5)] == [401, 401, 401, 429, 429]
        assert attempt(1, "127.0.0.3") == 401
        door.stop()


def test_the_heartbeat_keeps_a_quiet_socket_open(tmp_path: Path) -> None:
    with serving(tmp_path / "i", HEARTBEAT="0.5") as node:
        impatient = Nginx(tmp_path / "nginx", [node.port], settings={"proxy_read_timeout 60s": "proxy_read_timeout 2s"})
        impatient.start()
        ann = through(impatient, node)
        with ann.chat() as chat:
            for _ in range(8):  # 4 seconds
                chat.next("heads")
            assert chat.post("still here")["type"] == "ack"
        impatient.stop()


def test_without_a_heartbeat_in_time_it_would_be_closed_which_the_real_setting_prevents(tmp_path: Path) -> None:
    location = PARLEY[PARLEY.index("location = /ws") :]
    seconds = re.search(r"proxy_read_timeout (\d+)s;", location)
    assert seconds is not None
    assert int(seconds[1]) > 2 * Settings().heartbeat
    with serving(tmp_path / "i") as node:
        impatient = Nginx(tmp_path / "nginx", [node.port], settings={"proxy_read_timeout 60s": "proxy_read_timeout 1s"})
        impatient.start()
        with through(impatient, node).chat() as chat:
            chat.next("log")
            with pytest.raises(ConnectionClosed):
                chat.next("heads", timeout=15)
        impatient.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=chat.example.org"
    names = "subjectAltName=DNS:chat.example.org,IP:127.0.0.1"
    subprocess.run(
        [*make.split(), "-addext", names, "-out", certificate, "-keyout", key], check=True, capture_output=True
    )
    return certificate, key


def test_with_tls_cookies_are_secure_and_pages_without_it_are_strangers(
    tmp_path: Path, node: RunningServer, certificate: tuple[Path, Path]
) -> None:
    door = Nginx(tmp_path / "nginx", [node.port], tls=certificate)
    door.start()
    context = ssl.create_default_context(cafile=str(certificate[0]))
    here = f"https://127.0.0.1:{door.port}"
    ann = node.register(f"Ann {uuid.uuid4().hex[:8]}")
    form = {"nickname": ann.nickname, "password": PASSWORD}
    with httpx.Client(base_url=here, verify=context) as browser:
        page = browser.get("/")
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        stranger = {"Origin": here.replace("https", "http")}
        assert browser.post("/sign-in", json=form, headers=stranger).status_code == 403
        entered = browser.post("/sign-in", json=form, headers={"Origin": here})
        assert entered.status_code == 200, entered.text
        assert "; Secure;" in entered.headers["Set-Cookie"]
        cookie = {"Cookie": f"parley={entered.cookies['parley']}"}
    address = f"wss://127.0.0.1:{door.port}/ws"
    with pytest.raises(WebSocketException, match="403"):
        connect(address, ssl=context, additional_headers={**cookie, **stranger})
    with connect(address, ssl=context, additional_headers={**cookie, "Origin": here}) as socket:
        socket.send('{"type":"hello","cursors":{}}')
        assert '"welcome"' in str(socket.recv(10))
    sent_on = httpx.get(f"http://127.0.0.1:{door.redirect_port}/x?y=1", headers={"Host": "chat.example.org"})
    assert (sent_on.status_code, sent_on.headers["Location"]) == (301, "https://chat.example.org/x?y=1")
    door.stop()
