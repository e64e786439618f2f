"""Who is at the server `parley` of a test module, and would notice if it did not go on."""

from collections.abc import Iterator

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
