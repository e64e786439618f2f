"""What becomes of the links of a message."""

import pytest

from parley.core.messages import Delete, Edit, Post, React, Rules
from parley.core.previews import Remove, Settle, jobs_of
from parley.errors import NotFound
from parley.jobs.queue import PreviewJob, PreviewResult
from parley.wire import Preview
from tests.stores import Place

LINK, OTHER = "https://a.example/", "https://b.example/"


@pytest.fixture
def ann(small: Place) -> int:
    return small.register("ann")


def settle(message: int, position: int, url: str, title: str = "Title") -> Settle:
    return Settle(PreviewResult(message, position, url, "ready", title, "About", "Site"))


def test_what_a_job_found_appears_below_its_message(place: Place) -> None:
    author = place.register()
    number = place.post(author, f"{LINK} {OTHER}").message.id
    change = place.run(settle(number, 1, OTHER))
    assert change.message.previews == [
        Preview(0, LINK, "pending"),
        Preview(1, OTHER, "ready", "Title", "About", "Site"),
    ]
    assert place.message(number) == change.message
    assert change.seq == place.head() == 3
    assert change.message.edited_at is None


def test_a_result_that_comes_twice_late_or_for_another_link_changes_nothing(small: Place, ann: int) -> None:
    number = small.post(ann, LINK).message.id
    for result in (settle(number, 0, OTHER), settle(number, 1, LINK), settle(99, 0, LINK)):
        assert small.run(result) is None
    small.run(settle(number, 0, LINK))
    head = small.head()
    assert small.run(settle(number, 0, LINK, "Another title")) is None
    small.run(Delete(ann, number))
    assert small.run(settle(number, 0, LINK)) is None
    assert small.head() == head + 1


def test_an_edit_keeps_what_was_found_for_the_links_that_stay(small: Place, ann: int) -> None:
    number = small.post(ann, f"{LINK} {OTHER}").message.id
    small.run(settle(number, 1, OTHER))
    edited = small.run(Edit(ann, number, f"{OTHER} https://c.example/")).message
    assert edited.previews == [
        Preview(0, OTHER, "ready", "Title", "About", "Site"),
        Preview(1, "https://c.example/", "pending"),
    ]
    assert small.run(settle(number, 0, LINK)) is None
    assert small.run(Edit(ann, number, "no link")).message.previews == []
    assert small.rows("previews") == []


def test_a_removed_preview_stays_away(small: Place, ann: int) -> None:
    number = small.post(ann, LINK).message.id
    removed = small.run(Remove(ann, number, 0))
    assert removed.message.previews == [Preview(0, LINK, "removed")]
    assert small.run(Remove(ann, number, 0)).seq == removed.seq == small.head()
    assert small.run(settle(number, 0, LINK)) is None
    assert small.run(Edit(ann, number, f"again {LINK}")).message.previews == [Preview(0, LINK, "removed")]
    with pytest.raises(NotFound):
        small.run(Remove(ann, number, 1))


def test_without_previews_nothing_waits_for_one(small: Place, ann: int) -> None:
    rules = Rules(unfold=False)
    number = small.run(Post(ann, small.general, LINK, rules=rules)).message.id
    assert small.run(Edit(ann, number, f"again {LINK}", rules)).message.previews == []
    assert small.rows("previews") == []


def test_only_the_change_that_wants_a_preview_asks_for_it(small: Place, ann: int) -> None:
    posted = small.post(ann, f"{LINK} {OTHER}")
    number = posted.message.id
    assert jobs_of(posted) == [PreviewJob(number, 0, LINK), PreviewJob(number, 1, OTHER)]
    assert jobs_of(small.run(settle(number, 0, LINK))) == [], "another node may have asked for the other one"
    assert jobs_of(small.run(React(ann, number, "👍", True))) == []
    edited = small.run(Edit(ann, number, f"{LINK} https://c.example/ {OTHER}"))
    assert jobs_of(edited) == [PreviewJob(number, 1, "https://c.example/"), PreviewJob(number, 2, OTHER)]
    assert jobs_of(small.run(Delete(ann, number))) == []
