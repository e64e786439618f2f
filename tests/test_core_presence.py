"""Who is online: pure, with the clock in the test's hand."""

from concurrent.futures import ThreadPoolExecutor

from parley.bus.interface import Attendance
from parley.core.presence import API_SECONDS, Presence, Seen

ANN, BOB = 1, 2


def test_who_opens_a_socket_comes_once() -> None:
    presence = Presence(4.0)
    presence.opened(ANN)
    assert presence.is_online(ANN)
    assert presence.changes(0.0) == [Seen(ANN, True)]
    presence.opened(ANN)
    assert presence.changes(1.0) == []
    assert presence.online() == [ANN]


def test_who_closes_the_last_socket_goes_after_the_grace() -> None:
    presence = Presence(4.0)
    presence.opened(ANN)
    presence.opened(ANN)
    presence.changes(0.0)
    presence.closed(ANN, 10.0)
    assert presence.changes(100.0) == []
    presence.closed(ANN, 100.0)
    assert presence.changes(103.9) == []
    assert presence.is_online(ANN)
    assert presence.changes(104.0) == [Seen(ANN, False)]
    assert not presence.is_online(ANN)
    assert presence.online() == []


def test_a_page_that_reloads_does_not_flicker() -> None:
    presence = Presence(4.0)
    presence.opened(ANN)
    presence.changes(0.0)
    presence.closed(ANN, 10.0)
    presence.changes(11.0)
    presence.opened(ANN)
    assert presence.changes(12.0) == []
    assert presence.changes(1000.0) == []


def test_the_api_counts_for_a_minute() -> None:
    presence = Presence(4.0)
    presence.used_api(ANN, 0.0)
    assert presence.changes(0.0) == [Seen(ANN, True)]
    presence.used_api(ANN, 30.0)
    assert presence.changes(30.0 + API_SECONDS - 0.1) == []
    assert presence.changes(30.0 + API_SECONDS) == [Seen(ANN, False)]


def test_the_grace_does_not_shorten_the_minute() -> None:
    presence = Presence(4.0)
    presence.opened(ANN)
    presence.used_api(ANN, 0.0)
    presence.changes(0.0)
    presence.closed(ANN, 1.0)
    assert presence.changes(API_SECONDS - 1) == []
    assert presence.changes(API_SECONDS) == [Seen(ANN, False)]


def test_who_signs_out_goes_at_once_unless_another_socket_is_open() -> None:
    presence = Presence(4.0)
    presence.opened(ANN)
    presence.opened(ANN)
    presence.used_api(ANN, 0.0)
    presence.changes(0.0)
    presence.closed(ANN, 1.0)
    presence.signed_out(ANN)
    assert presence.changes(1.0) == []
    presence.closed(ANN, 2.0)
    presence.signed_out(ANN)
    assert presence.changes(2.0) == [Seen(ANN, False)]
    presence.signed_out(BOB)
    assert presence.changes(3.0) == []


def test_people_are_told_in_order_and_apart() -> None:
    presence = Presence(4.0)
    presence.opened(BOB)
    presence.opened(ANN)
    assert presence.changes(0.0) == [Seen(ANN, True), Seen(BOB, True)]
    presence.closed(BOB, 0.0)
    assert presence.changes(9.0) == [Seen(BOB, False)]
    assert presence.online() == [ANN]


def test_our_own_word_coming_back_over_the_bus_changes_nothing() -> None:
    presence = Presence(4.0, node="here")
    presence.opened(ANN)
    for said in presence.statements(0.0):
        presence.heard(said, 0.0)
    presence.changes(0.0)
    presence.closed(ANN, 1.0)
    presence.signed_out(ANN)
    assert presence.changes(1.0) == [Seen(ANN, False)]
    assert presence.here() == 0


def test_threads_may_use_it_at_the_same_time() -> None:
    presence = Presence(4.0, node="here")
    people = range(1, 101)

    def come_and_go(offset: int) -> None:
        for user in people:
            presence.opened(user)
            presence.used_api(user, 0.0)
            presence.heard(Attendance("there", here=[user + offset]), 0.0)
            assert presence.is_online(user)
            presence.closed(user, 0.0)

    def look(_: int) -> None:
        for _ in people:
            presence.changes(0.0)
            presence.statements(0.0)
            presence.online()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, number) for number in range(4) for work in (come_and_go, look)]:
            done.result()
    assert presence.here() == 100
    presence.heard(Attendance("there", span=(0, 1000)), 0.0)
    presence.changes(1000.0)
    assert presence.online() == []
