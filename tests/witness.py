"""Who is at the server `parley` of a test module, and would notice if it did not go on."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from tests.running import Chat, Person, RunningServer


@pytest.fixture(scope="module")
def ana(parley: RunningServer) -> Person:
    """Somebody at the server, who may be mistreated."""
    return parley.register("Ana")


@pytest.fixture(scope="module")
def witness(parley: RunningServer) -> Iterator[Chat]:
    """An open socket of somebody else."""
    with parley.register("Witness").chat() as chat:
        yield chat


@pytest.fixture
def goes_on(witness: Chat) -> Iterator[None]:
    """Whatever the test did: afterwards others post as before."""
    yield
    assert witness.post("still here")["type"] == "ack"


@pytest.fixture
def person(parley: RunningServer) -> Callable[[], Person]:
    """Somebody new, at each call."""
    return lambda: parley.register(f"p{uuid.uuid4().hex[:12]}")


@pytest.fixture
def amy(person: Callable[[], Person]) -> Person:
    """Somebody new in each test."""
    return person()


@pytest.fixture
def ben(person: Callable[[], Person]) -> Person:
    """Somebody else, new in each test."""
    return person()
