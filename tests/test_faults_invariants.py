"""`make faults` would notice: its checks are fed one broken promise each."""

from collections.abc import Callable

import pytest

from tests.faults.invariants import Findings, check, check_previews
from tests.faults.ledger import Ledger, Refusal, Told
from tests.faults_frames import ANN, ROOM, message
from tests.mirror import Loaded, Mirror
from tests.running import Frame


def told(kind: str, key: str, seq: int, number: int, **more: object) -> Told:
    return Told({"type": kind, "key": key, **more}, "epoch", ROOM, seq, number)


class Story:
    """Ann posted three times, changed the second message, linked to a page in the third, and somebody's reaction stands
    under the first. A reader saw all of it. All is well, at first.
    """

    def __init__(self) -> None:
        made = [message(1, 1, author=None), message(2, 2, 7), message(3, 3, 5, "changed"), message(4, 4, 6)]
        made[1]["reactions"] = [{"emoji": "👍", "users": [ANN]}]
        made[3]["previews"] = [{"url": "http://pages/k4", "state": "ready", "title": "Page k4"}]
        self.head = 7
        self.fresh: dict[int, Frame] = {each["id"]: each for each in made}
        self.mirror = Mirror(7, self.fresh)
        self.mirror.seen = {1: 1, 2: 2, 3: 3, 4: 4, 5: 3, 6: 4, 7: 2}
        self.ledger = Ledger(author=ANN, refused={"blank": Refusal("post", "empty")})
        for each in (
            *(told("post", f"k{number}", number, number, source=f"k{number}") for number in (2, 3, 4)),
            told("edit", "edit", 5, 3, source="changed"),
            told("react", "react", 7, 2, emoji="👍", on=True),
        ):
            self.ledger.acknowledged(each)

    def add(self, new: Frame) -> None:
        """Everybody sees this one as well."""
        self.fresh[new["id"]] = self.mirror.messages[new["id"]] = new
        self.mirror.seen[new["changed_seq"]] = new["id"]
        self.head = self.mirror.cursor = max(self.head, new["changed_seq"])

    def check(self) -> Findings:
        return check(ROOM, Loaded(self.head, self.fresh), [self.ledger], {"Bob": self.mirror})

    # ── breaking it ─────────────────────────────────────────────────────────────────────────────────

    def lose(self) -> None:
        del self.fresh[4], self.mirror.messages[4]

    def lose_a_change(self) -> None:
        self.fresh[3] = self.mirror.messages[3] = message(3, 3, 5)

    def lose_a_reaction(self) -> None:
        self.fresh[2]["reactions"] = []

    def react_twice(self) -> None:
        self.fresh[2]["reactions"][0]["users"] *= 2

    def keep_a_reaction_that_was_taken_back(self) -> None:
        self.ledger.acknowledged(told("react", "back", 7, 2, emoji="👍", on=False))

    def skip_a_number(self) -> None:
        self.add(message(5, 9, author=None))

    def stand_beyond_the_log(self) -> None:
        self.head = self.mirror.cursor = 8

    def store_twice(self) -> None:
        self.add(message(5, 8) | {"key": "k2"})

    def number_twice(self) -> None:
        self.add(message(5, 4, 8, author=None))

    def tell_of_another_message(self) -> None:
        self.mirror.seen[6] = 3

    def answer_twice(self) -> None:
        self.ledger.acknowledged(told("post", "k2", 6, 5))

    def make_a_preview_twice(self) -> None:
        self.fresh[4]["changed_seq"] = 8
        self.head = self.mirror.cursor = 8

    def change_behind_the_back(self) -> None:
        self.add(message(5, 8, 9, author=None))
        self.mirror.seen |= {8: 5}

    def show_less(self) -> None:
        self.mirror.messages = {number: each for number, each in self.fresh.items() if number != 4}

    def show_more(self) -> None:
        self.mirror.messages[9] = message(9, 9)

    def show_an_old_text(self) -> None:
        self.mirror.messages[3] = message(3, 3)

    def stay_behind(self) -> None:
        self.mirror.cursor = 6

    def store_what_was_refused(self) -> None:
        self.add(message(5, 8) | {"key": "blank"})

    def refuse_without_reason(self) -> None:
        self.ledger.refused["k9"] = Refusal("post", "internal")

    def refuse_a_member(self) -> None:
        self.ledger.refused["k9"] = Refusal("post", "not_found")

    def store_without_a_word(self) -> None:
        del self.ledger.told["k3"]

    def let_somebody_in(self) -> None:
        self.ledger.leaked.append("Eve got message of room 2")

    def come_in_disorder(self) -> None:
        self.ledger.disorder.append("Bob got message 5 at cursor 3")


def test_a_story_without_a_fault_is_clean() -> None:
    story = Story()
    story.ledger.acknowledged(told("post", "k2", 2, 2))  # the same again
    assert story.check().clean, story.check()


@pytest.mark.parametrize(
    ("breaks", "kind", "says"),
    [
        (Story.lose, "lost", "k4, acknowledged"),
        (Story.lose_a_change, "lost", "last change of message 3"),
        (Story.lose_a_reaction, "lost", "reaction of 5 to message 2"),
        (Story.react_twice, "lost", "reaction of 5 to message 2"),
        (Story.keep_a_reaction_that_was_taken_back, "lost", "reaction of 5 to message 2"),
        (Story.skip_a_number, "lost", "what seq 8 was"),
        (Story.stand_beyond_the_log, "lost", "stands at 8, and its newest change is 7"),
        (Story.show_less, "lost", "Bob does not show message 4"),
        (Story.show_more, "lost", "Bob shows another message 9"),
        (Story.show_an_old_text, "lost", "Bob shows another message 3"),
        (Story.stay_behind, "lost", "Bob stands at 6 of 7"),
        (Story.store_twice, "doubled", "k2 is stored 2 times"),
        (Story.number_twice, "doubled", "seq 4 is of messages 4 and 5"),
        (Story.tell_of_another_message, "doubled", "seq 6 is of messages 3 and 4"),
        (Story.answer_twice, "doubled", "k2 was answered"),
        (Story.make_a_preview_twice, "doubled", "message 4 was changed 1 times more often"),
        (Story.change_behind_the_back, "doubled", "message 5 was changed 1 times more often"),
        (Story.store_what_was_refused, "other", "blank was refused, and is stored"),
        (Story.refuse_without_reason, "other", "k9 was refused: internal"),
        (Story.refuse_a_member, "other", "k9 was refused: not_found"),
        (Story.store_without_a_word, "other", "k3 is stored and unanswered"),
        (Story.let_somebody_in, "leaked", "Eve got message of room 2"),
        (Story.come_in_disorder, "disorder", "got message 5 at cursor 3"),
    ],
)
def test_a_broken_promise_is_found(breaks: Callable[[Story], None], kind: str, says: str) -> None:
    story = Story()
    breaks(story)
    findings = story.check()
    assert any(says in each for each in findings.by_kind()[kind]), findings


def test_a_change_whose_answer_was_lost_explains_one_number_and_no_more() -> None:
    story = Story()
    del story.ledger.told["edit"], story.mirror.seen[5]
    story.add(message(3, 3, 8, "changed again"))
    story.ledger.acknowledged(told("edit", "again", 8, 3, source="changed again"))
    assert story.check().lost == ["nobody knows what seq 5 was"]
    story.ledger.resent[3] = 1
    assert story.check().clean
    story.add(message(3, 3, 10, "and again"))
    story.ledger.acknowledged(told("edit", "and again", 10, 3, source="and again"))
    assert story.check().lost == ["nobody knows what seq 9 was"]


def test_an_old_backup_takes_back_what_came_after_it_and_nothing_else() -> None:
    story = Story()
    story.ledger.rewind({ROOM: 4}, "another epoch")
    assert [*story.ledger.told] == ["k2", "k3", "k4"]
    story.ledger.acknowledged(told("post", "k5", 5, 5)._replace(epoch="another epoch"))
    story.ledger.rewind({}, "another epoch")
    assert [*story.ledger.told] == ["k5"]


@pytest.mark.parametrize(
    ("preview", "says"),
    [
        ({"state": "pending"}, "is pending in the end"),
        ({"state": "failed"}, "is failed in the end"),
        ({"title": "Page k3"}, "shows another page"),
        ({}, ""),
    ],
)
def test_previews_come_to_an_end_and_show_their_page(preview: dict[str, str], says: str) -> None:
    story, found = Story(), Findings()
    story.fresh[4]["previews"][0] |= preview
    check_previews(story.fresh, found)
    assert all(says in each for each in found.other)
    assert bool(found.other) == bool(says)
