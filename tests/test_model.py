"""The model of docs/scaling.md: its units, and what may never happen in it."""

import sys
from dataclasses import fields, replace
from math import inf

import pytest

from bench import hot_room
from bench.hot_room import GROUP
from bench.scaling import fleet as model_fleet
from bench.scaling.fleet import fleet, group, load
from bench.scaling.inputs import LADDER, TODAY, WATCHED, Costs, Layout, delivery, line
from bench.scaling.limits import limits
from bench.scaling.rooms import Kind, interested, mean, rooms, taken
from parley.bus import interface as bus_interface
from parley.core import presence
from parley.errors import Invalid
from parley.faces.gateway import rounds as gateway_rounds
from parley.faces.gateway import upkeep
from parley.parsing import parse
from parley.settings import Settings
from parley.store import committer
from parley.wire import encode
from tests.scaling_inputs import ASSUME, COSTS, HARDWARE

NOTHING = Costs(**dict.fromkeys((each.name for each in fields(Costs)), 0.0))
CROWDS = [10, 70, 1_000, 8_000, 30_000, 100_000, 700_000, 3_000_000, 10_000_000, 60_000_000]


def test_what_is_paid_once_and_what_for_each_is_found_from_two_points() -> None:
    assert line(1, 30.0, 64, 30.0 + 63 * 2) == (28.0, 2.0)
    assert line(1, 10.0, 64, 5.0) == (10.0, 0.0)  # noise: more posts did not take longer


def test_a_delivery_is_a_write_an_event_and_its_part_of_a_post() -> None:
    write, event, post = 8.0, 0.1, 200.0

    def row(written_together: float) -> float:
        return write / written_together + event + post / 1000

    crowd = row(32)
    capacity = {"alone": write + post / 1000, "group": row(8), "crowd": crowd, "post": post + 10 * crowd}
    assert delivery(capacity, capacity) == pytest.approx((post, write, event))


def test_costs_are_read_in_seconds_and_bytes() -> None:
    assert COSTS.idle * 3600 == pytest.approx(0.014, rel=0.9)  # the file says seconds an hour
    assert 1e-6 < COSTS.write < 1e-4
    assert 1e-4 < COSTS.commit_seconds < 1
    assert 4_000 < COSTS.socket < 40_000
    assert all(getattr(COSTS, each.name) >= 0 for each in fields(Costs))


def test_two_posts_an_hour_each_heard_by_all() -> None:
    assume = replace(ASSUME, posts=2.0, seats=1.0, per_room=3600.0, quiet=0.0, message=100.0, sessions=0.0)
    asked = load(3600, assume, COSTS, TODAY)
    assert [kind.rooms for kind in asked.kinds] == [1.0]
    assert asked.kinds[0].size == pytest.approx(3600)
    assert asked.posts == 2.0
    assert asked.deliveries == pytest.approx(7200)
    assert asked.bytes == pytest.approx(720_000)
    assert asked.heard == pytest.approx(120)  # two a second


def test_who_comes_is_told_to_those_who_watch_and_was_told_to_everybody() -> None:
    assume = replace(ASSUME, sessions=1.8)  # with the going 3.6 changes an hour: one a second for each thousand
    assert load(1_000, assume, COSTS, LADDER[0]).presence_events == pytest.approx(1_000)
    assert load(2_000, assume, COSTS, LADDER[0]).presence_events == pytest.approx(4_000)
    # Two changes a second to 200 each; and one person who comes is answered how 200 others stand.
    assert load(2_000, assume, COSTS, TODAY).presence_events == pytest.approx(400 + 200)


def test_who_watches_takes_memory_for_it() -> None:
    watching, telling = (
        fleet(10_000, ASSUME, replace(NOTHING, socket=1_000), replace(HARDWARE, kernel=0), layout).needs["memory"]
        for layout in (TODAY, LADDER[0])
    )
    assert watching / telling == pytest.approx((1_000 + 200 * model_fleet.WATCH_BYTES) / 1_000)


@pytest.mark.parametrize(
    ("costs", "need", "nodes"),
    [
        (replace(NOTHING, idle=0.001), "CPU", 10_000 * 0.001 / 0.5),
        (replace(NOTHING, socket=2**30 / 1000), "memory", 10_000 / 1000 / (32 * 0.5 / 7)),
        (NOTHING, "ports", 10_000 / 28_232),
        (replace(NOTHING, presence=1000), "network", 10_000**2 * 2 / 3600 * 1000 * 8 * 7 / (10e9 * 0.5)),
    ],
)
def test_each_need_has_its_unit(costs: Costs, need: str, nodes: float) -> None:
    found = fleet(10_000, replace(ASSUME, message=0), costs, replace(HARDWARE, kernel=0), LADDER[0])
    assert found.needs[need] == pytest.approx(nodes)


def test_posts_that_come_during_a_commit_share_the_next_one() -> None:
    costs = replace(NOTHING, commit_seconds=0.010, row_seconds=0.001)
    assert group(10, costs) == 1  # most find nobody
    size = group(500, costs)
    assert size == pytest.approx(500 * (0.010 + 0.001 * size))
    assert group(5_000, costs) == GROUP  # more than it can store


def test_a_day_on_the_disk() -> None:
    costs = replace(NOTHING, disk=1_000)
    found = fleet(3_600, replace(ASSUME, posts=1, day=0.25), costs, HARDWARE, TODAY)
    assert found.disk == pytest.approx(1_000 * 86_400 / 4)


@pytest.mark.parametrize("people", [50, 2_000, 100_000, 10_000_000])
def test_rooms_fill_the_seats_and_none_is_too_large(people: int) -> None:
    kinds = rooms(people, 10.0, 2.0, 1.0, 100_000)
    assert taken(kinds) == pytest.approx(people * 10, rel=0.01)
    assert max(kind.size for kind in kinds) <= min(people, 100_000)
    assert sum(kind.rooms for kind in kinds) == pytest.approx(people / 2, rel=0.01)


def test_a_post_is_heard_by_more_where_people_talk_as_much_in_large_rooms() -> None:
    kinds = (Kind(10, 2.0), Kind(1, 20.0))  # as many seats in the one as in the ten
    assert mean(kinds, 0.0, lambda size: size) == pytest.approx(11)
    assert mean(kinds, 1.0, lambda size: size) == pytest.approx(40 / 11)  # each room as often as any other


def test_a_room_is_heard_at_as_many_nodes_as_its_people_come_to() -> None:
    assert interested(1, 50) == pytest.approx(1)
    assert interested(2, 4) == pytest.approx(1.75)
    assert interested(10_000, 8) == pytest.approx(8)
    assert interested(10, 1) == 1


def test_the_model_has_the_clocks_and_sizes_of_the_product() -> None:
    settings = Settings()
    assert (hot_room.GROUP, hot_room.SLICE) == (committer.GROUP, gateway_rounds.SLICE)
    assert hot_room.COMPANY == bus_interface.COMPANY_SECONDS
    with pytest.raises(Invalid):
        parse(encode({"type": "watch", "users": list(range(1, int(WATCHED) + 2))}))
    assert parse(encode({"type": "watch", "users": list(range(1, int(WATCHED) + 1))}))
    assert settings.socket_buffer == hot_room.SOCKET_BUFFER
    assert sys.getswitchinterval() == hot_room.SWITCH
    assert (model_fleet.TICK, model_fleet.SESSIONS) == (upkeep.TICK, upkeep.SESSIONS_EVERY)
    assert settings.sweep == model_fleet.SWEEP
    assert model_fleet.ATTENDANCE == presence.EXPIRY / presence.STATEMENTS


@pytest.mark.parametrize("layout", LADDER, ids=lambda layout: layout.name)
def test_more_people_never_need_fewer_machines(layout: Layout) -> None:
    found = [fleet(people, ASSUME, COSTS, HARDWARE, layout) for people in CROWDS]
    for what in ("nodes", "machines", "databases", "buses", "disk"):
        counts = [getattr(each, what) for each in found]
        assert counts == sorted(counts), what


@pytest.mark.parametrize("name", [each.name for each in fields(Costs)])
def test_what_costs_more_never_needs_fewer_nodes(name: str) -> None:
    dearer = replace(COSTS, **{name: getattr(COSTS, name) * 3})
    for people in CROWDS:
        before = fleet(people, ASSUME, COSTS, HARDWARE, TODAY)
        assert fleet(people, ASSUME, dearer, HARDWARE, TODAY).nodes >= before.nodes


def test_a_rung_never_needs_more_nodes_than_the_one_below() -> None:
    for people in CROWDS:
        nodes = [fleet(people, ASSUME, COSTS, HARDWARE, layout).nodes for layout in LADDER]
        assert nodes == sorted(nodes, reverse=True)


def test_a_node_that_knows_everybody_can_know_too_many() -> None:
    found = fleet(50_000_000, ASSUME, COSTS, HARDWARE, TODAY)
    assert found.nodes == found.machines == found.databases == inf


def test_a_part_is_full_where_it_is_said_to_be() -> None:
    for limit in limits(ASSUME, COSTS, HARDWARE, TODAY):
        kind, name = limit.part.split(": ")
        if kind == "database":
            assert fleet(round(limit.people * 1.03), ASSUME, COSTS, HARDWARE, TODAY).database[name] > 1
            assert fleet(round(limit.people * 0.97), ASSUME, COSTS, HARDWARE, TODAY).database[name] <= 1
