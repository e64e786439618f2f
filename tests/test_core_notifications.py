"""Who is told of what, and why: the table that the browser's rule is held to as well, and the words for it."""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from parley.core.notifications import Decision, Listener, Reason, decide, words
from parley.wire import Message, Quiet

CASES = json.loads(Path(__file__).with_name("notification_cases.json").read_text())


def decided(case: dict[str, Any]) -> tuple[Decision, Listener]:
    rest = {"id": 1, "room": 1, "changed_seq": case["message"]["seq"], "key": None, "source": "x", "html": ""}
    message = msgspec.convert({**rest, **case["message"]}, Message)
    person = dict(case["person"])
    quiet = person.pop("quiet", None)
    listener = Listener(
        person.pop("user"),
        person.pop("kind"),
        level=person.pop("notify", None),
        quiet=None if quiet is None else msgspec.convert(quiet, Quiet),
        **person,
    )
    return decide(message, listener), listener


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_the_table(case: dict[str, Any]) -> None:
    decision, listener = decided(case)
    assert (decision.told, decision.reason) == (case["told"], case["reason"])
    sentence = words(decision, listener)
    assert sentence.startswith("You are told" if case["told"] else ("You are not told", "Nobody is told"))


def test_every_reason_is_in_the_table() -> None:
    assert {case["reason"] for case in CASES} == set(get_args(Reason))


def test_quiet_hours_are_told_in_the_persons_own_time() -> None:
    [case] = [case for case in CASES if case["case"] == "over midnight, in the evening, in winter"]
    assert words(*decided(case)) == (
        "You are not told of this message: it was 22:00 (Europe/Berlin), "
        "and between 22:00 and 07:00 you want no notifications."
    )
