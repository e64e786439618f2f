"""Who is online when there are several nodes: pure, with the clock and the bus in the test's hand."""

from parley.bus.interface import Attendance
from parley.core import presence
from parley.core.presence import LARGEST, Presence, Seen

ANN, BOB = 1, 2
GRACE, EXPIRY = 4.0, 45.0


def node(name: str) -> Presence:
    return Presence(GRACE, EXPIRY, name)


def exchange(now: float, *nodes: Presence) -> None:
    """Everybody hears what everybody says."""
    for said in [said for each in nodes for said in each.statements(now)]:
        for each in nodes:
            each.heard(said, now)


def test_who_is_at_one_node_is_online_at_the_other() -> None:
    here, there = node("here"), node("there")
    there.opened(ANN)
    exchange(0.0, here, there)
    assert here.changes(0.0) == [Seen(ANN, True)]
    assert here.is_online(ANN)
    assert here.online() == [ANN]
    assert (here.here(), there.here()) == (0, 1)


def test_a_person_at_two_nodes_stays_when_one_goes() -> None:
    here, there, third = node("here"), node("there"), node("third")
    here.opened(ANN)
    there.opened(ANN)
    exchange(0.0, here, there, third)
    assert third.changes(0.0) == [Seen(ANN, True)]
    here.closed(ANN, 1.0)
    exchange(10.0, here, there, third)
    assert [each.changes(10.0) for each in (here, third)] == [[Seen(ANN, True)], []]
    there.closed(ANN, 11.0)
    exchange(20.0, here, there, third)
    assert third.changes(20.0) == [Seen(ANN, False)]


def test_coming_back_at_another_node_does_not_flicker() -> None:
    here, there = node("here"), node("there")
    here.opened(ANN)
    exchange(0.0, here, there)
    there.changes(0.0)
    here.closed(ANN, 1.0)
    for now in (1.0, 2.0, 3.0):
        exchange(now, here, there)
        assert there.changes(now) == []
    there.opened(ANN)
    for now in (3.5, 5.0, 50.0):
        exchange(now, here, there)
        assert there.changes(now) == []


def test_who_signs_out_is_gone_everywhere_at_once() -> None:
    here, there = node("here"), node("there")
    here.opened(ANN)
    exchange(0.0, here, there)
    there.changes(0.0)
    here.closed(ANN, 1.0)
    here.signed_out(ANN)
    exchange(1.0, here, there)
    assert there.changes(1.0) == [Seen(ANN, False)]


def test_a_node_says_everything_from_time_to_time_and_only_news_between() -> None:
    speaker = node("here")
    speaker.opened(ANN)
    assert speaker.statements(0.0) == [Attendance("here", here=[ANN], span=(0, LARGEST))]
    assert speaker.statements(1.0) == []
    speaker.opened(BOB)
    speaker.closed(ANN, 1.0)
    assert speaker.statements(2.0) == [Attendance("here", here=[BOB])]
    assert speaker.statements(5.0) == [Attendance("here", gone=[ANN])]
    assert speaker.statements(14.9) == []
    assert speaker.statements(15.0) == [Attendance("here", here=[BOB], span=(0, LARGEST))]


def test_a_lost_word_is_made_good_by_the_next_whole_statement() -> None:
    here, there = node("here"), node("there")
    here.opened(ANN)
    exchange(0.0, here, there)
    here.opened(BOB)
    here.closed(ANN, 0.0)
    here.statements(1.0)  # lost
    here.statements(6.0)  # lost
    exchange(14.0, here, there)
    assert there.online() == [ANN]
    exchange(15.0, here, there)
    there.changes(15.0)
    assert there.online() == [BOB]


def test_the_people_of_a_silent_node_go_after_a_while() -> None:
    here, dead = node("here"), node("dead")
    dead.opened(ANN)
    here.opened(BOB)
    exchange(0.0, here, dead)
    here.changes(0.0)
    assert here.changes(EXPIRY - 0.1) == []
    assert here.changes(EXPIRY) == [Seen(ANN, False)]
    exchange(EXPIRY + 1, here, dead)  # it was only frozen
    assert here.changes(EXPIRY + 1) == [Seen(ANN, True)]


def test_the_people_of_a_node_that_says_farewell_have_the_grace_to_reach_another() -> None:
    here, going = node("here"), node("going")
    going.opened(ANN)
    going.opened(BOB)
    exchange(0.0, here, going)
    here.changes(0.0)
    here.heard(going.farewell(), 1.0)
    assert here.changes(2.0) == []
    here.opened(BOB)
    assert here.changes(1.0 + GRACE) == [Seen(ANN, False)]


def test_who_recovers_says_everything_and_hears_everything() -> None:
    here, late = node("here"), node("late")
    here.opened(ANN)
    here.statements(0.0)
    late.opened(BOB)
    late.statements(0.5)
    late.recovered()
    exchange(1.0, here, late)
    exchange(1.0, here, late)
    assert here.online() == late.online() == [ANN, BOB]
    assert late.statements(2.0) == []


def test_a_long_list_goes_in_parts_of_which_any_may_be_lost() -> None:
    here, there = node("here"), node("there")
    many = range(10, 10 + 5 * presence.MOST_PEOPLE // 2)
    for user in many:
        here.opened(user)
    parts = here.statements(0.0)
    assert [len(part.here) for part in parts] == [400, 400, 200]
    assert all(part.span is not None for part in parts)
    there.heard(parts[2], 0.0)
    there.heard(parts[0], 0.0)
    assert there.online() == [*many[:400], *many[800:]]
    there.heard(parts[1], 0.0)
    assert there.online() == list(many)
    for user in many[:500]:
        here.closed(user, 0.0)
    assert [len(part.gone) for part in here.statements(GRACE)] == [400, 100]
