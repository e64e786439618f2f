"""A session that ends: its sockets are closed at once, and nobody else's."""

import time
from collections.abc import Iterator

import pytest

from tests.nodes import closed_with
from tests.running import NEW_PASSWORD, Person, RunningServer, serving


@pytest.fixture(scope="module")
def parley(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with serving(tmp_path_factory.mktemp("sign-out") / "instance") as running:
        yield running


def test_signing_out_closes_the_sockets_of_that_session_only(parley: RunningServer, amy: Person, ben: Person) -> None:
    elsewhere = parley.sign_in(amy.nickname, amy.id)
    with amy.chat() as first, amy.chat() as second, elsewhere.chat() as stays, ben.chat() as other:
        assert amy.request("DELETE", "/api/tokens").status_code == 204
        assert closed_with(first, 10) == closed_with(second, 10) == 4401
        assert stays.post("still signed in here")["type"] == "ack"
        assert other.post("and I")["type"] == "ack"


def test_a_new_password_closes_every_socket_of_the_person(parley: RunningServer, amy: Person, ben: Person) -> None:
    elsewhere = parley.sign_in(amy.nickname, amy.id)
    with amy.chat() as first, elsewhere.chat() as second, ben.chat() as other:
        new = amy.request("PUT", f"/api/users/{amy.id}", json=NEW_PASSWORD)
        assert new.is_success, new.text
        assert closed_with(first, 10) == closed_with(second, 10) == 4401
        assert other.post("not me")["type"] == "ack"


def test_who_signs_out_is_offline_at_once(amy: Person, ben: Person) -> None:
    with amy.chat() as chat, ben.chat() as other:
        assert chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        signed_out = time.monotonic()
        ben.request("DELETE", "/api/tokens")
        assert closed_with(other, 10) == 4401
        assert not chat.next("presence", lambda frame: frame["user"] == ben.id)["online"]
        assert time.monotonic() - signed_out < 60, "the API was used, which counts for a minute"


def test_a_session_that_is_ended_from_elsewhere_is_closed_at_once_and_no_other(
    parley: RunningServer, amy: Person, ben: Person
) -> None:
    elsewhere = parley.sign_in(amy.nickname, amy.id)
    with amy.chat() as stays, elsewhere.chat() as closed, ben.chat() as other:
        listed = amy.get("/api/tokens").json()["tokens"]
        number = next(each["id"] for each in listed if not each["current"])
        assert amy.request("DELETE", f"/api/tokens/{number}").status_code == 204
        assert closed_with(closed, 10) == 4401
        assert stays.post("still here")["type"] == other.post("and I")["type"] == "ack"
