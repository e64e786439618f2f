"""A key is stored once: whoever sends a command again gets the first answer, and nothing is doubled."""

import pytest

from parley.core.messages import Delete, Edit, Post
from parley.errors import Invalid
from parley.store.batch import Change
from tests.stores import Place, sources


def test_a_key_is_stored_once(place: Place) -> None:
    ann, bob = place.register(), place.register()
    first = place.post(ann, "once", key="k")
    again, same_batch, others = place.all_at_once(
        [
            Post(ann, place.general, "twice", "k"),
            Post(ann, place.general, "thrice", "k"),
            Post(bob, place.general, "another's key", "k"),
        ]
    )
    assert (again.message.id, again.seq) == (same_batch.message.id, same_batch.seq) == (first.message.id, first.seq)
    assert others.message.id != first.message.id
    twins = place.all_at_once([Post(ann, place.general, "twin", "new"), Post(ann, place.general, "twin", "new")])
    assert twins[0].message.id == twins[1].message.id
    assert twins[0].seq == twins[1].seq == place.head()
    assert sources(place) == ["once", "another's key", "twin"]


def test_a_retry_gets_the_first_answer_whatever_happened_since(place: Place) -> None:
    ann = place.register()
    first = place.post(ann, "once", key="k")
    place.run(Edit(ann, first.message.id, "edited"))
    assert place.post(ann, "once", key="k").seq == first.seq
    place.run(Delete(ann, first.message.id))
    retried = place.post(ann, "once", key="k")
    assert (retried.message.id, retried.seq) == (first.message.id, first.seq)
    assert sources(place) == [""]


@pytest.mark.parametrize("key", ["", "x" * 65, "a\x00b", "a\ud800b"])
def test_a_key_that_cannot_be_stored_is_refused_before_it_reaches_the_group(place: Place, key: str) -> None:
    ann = place.register()
    place.committed.clear()
    refused, stored = place.all_at_once([Post(ann, place.general, "x", key), Post(ann, place.general, "x", "good")])
    assert isinstance(refused, Invalid)
    assert refused.code == "invalid_key"
    assert isinstance(stored, Change)
    assert len(place.committed) == 2  # nobody was sent to a transaction of its own
