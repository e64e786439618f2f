"""The model of docs/scaling.md: its units, what may never happen in it, and the page that it writes."""

import asyncio
import json
import re
import sys
from dataclasses import fields, replace
from math import inf
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import hot_room
from bench.hot_room import GROUP, simulate
from bench.model import HOT_ROOM, MACHINES, PAGE, main
from bench.scaling import fleet as model_fleet
from bench.scaling import hot_tables, tables, watch, weigh
from bench.scaling.fleet import fleet, group, load
from bench.scaling.goal import checks, place
from bench.scaling.inputs import LADDER, MEASURED, TODAY, Assumptions, Costs, Hardware, Layout, delivery, line, read
from bench.scaling.limits import limits
from bench.scaling.page import put
from bench.scaling.party import Outcome, Party, Place
from bench.scaling.rooms import Kind, interested, mean, rooms, taken
from bench.server import Server
from parley.core import presence
from parley.faces.gateway import rounds as gateway_rounds
from parley.faces.gateway import upkeep
from parley.settings import Settings
from parley.store import committer

ASSUME = Assumptions()
HARDWARE = Hardware()
COSTS = read()
NOTHING = Costs(**dict.fromkeys((each.name for each in fields(Costs)), 0.0))
FREE = Place(write=0, event=0, post=0, hear=0, commit=0, row=0, bus=0, frame=0, bandwidth=1e12)
CROWDS = [10, 70, 1_000, 8_000, 30_000, 100_000, 700_000, 3_000_000, 10_000_000, 60_000_000]


# ── the arithmetic ──────────────────────────────────────────────────────────────────────────────────


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


def test_who_comes_is_told_to_everybody_today_and_to_few_on_the_next_rung() -> None:
    assume = replace(ASSUME, sessions=1.8)  # with the going 3.6 changes an hour: one a second for each thousand
    assert load(1_000, assume, COSTS, TODAY).presence_events == pytest.approx(1_000)
    assert load(2_000, assume, COSTS, TODAY).presence_events == pytest.approx(4_000)
    assert load(2_000, assume, COSTS, LADDER[1]).presence_events == pytest.approx(400)


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
    found = fleet(10_000, replace(ASSUME, message=0), costs, replace(HARDWARE, kernel=0), TODAY)
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
    assert settings.socket_buffer == hot_room.SOCKET_BUFFER
    assert sys.getswitchinterval() == hot_room.SWITCH
    assert (model_fleet.TICK, model_fleet.SESSIONS) == (upkeep.TICK, upkeep.SESSIONS_EVERY)
    assert settings.sweep == model_fleet.SWEEP
    assert model_fleet.ATTENDANCE == presence.EXPIRY / presence.STATEMENTS


# ── what may never happen ───────────────────────────────────────────────────────────────────────────


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


# ── the hot room ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("nodes", [1, 5])
@pytest.mark.parametrize("rate", [5, 100, 600])
@pytest.mark.parametrize("taking", [0, 1])
@pytest.mark.parametrize(("sample", "slow"), [(0.0, 0.0), (5.0, 0.0), (0.0, 10.0)])
def test_everything_posted_is_delivered_once_to_each_or_skipped(
    nodes: int, rate: float, taking: int, sample: float, slow: float
) -> None:
    party = Party(1_000, nodes, rate, 1.0, taking, sample, slow)
    found = simulate(party, place(COSTS, ASSUME, HARDWARE))
    assert found.posts > 0
    assert found.delivered + found.skipped == found.posts * 1_000
    assert bool(found.skipped) == (bool(party.sample) and rate > party.sample)


def test_alone_a_post_takes_what_its_parts_take() -> None:
    at = replace(FREE, post=0.004, commit=0.010, row=0.002, bus=0.003, write=0.001 / 256)
    found = simulate(Party(256, 1, 0.5, 20.0), at)
    assert found.quantile(0.5) == pytest.approx(0.004 + 0.010 + 0.002 + 0.001, rel=0.05)
    two = simulate(Party(512, 2, 0.5, 20.0, taking=1), at)
    assert two.quantile(0.9) == pytest.approx(0.017 + 0.003, rel=0.05)


def test_the_network_bounds_what_leaves() -> None:
    at = replace(FREE, frame=1_000, bandwidth=1e6)
    found = simulate(Party(100, 1, 20, 2.0), at)  # 2 MB a second through 1 MB a second
    assert found.posts * 100 * 1_000 / 1e6 == pytest.approx(2.0 + found.drained, rel=0.1)


def test_the_head_row_is_held_by_one_node_at_a_time() -> None:
    found = simulate(Party(10, 8, 500, 1.0), replace(FREE, commit=0.050))
    assert found.groups <= (1.0 + found.drained) / 0.050 + 1
    assert found.posts / found.groups > 10  # what waited went together


def test_batches_grow_with_the_rate_so_that_a_delivery_gets_cheaper() -> None:
    at = place(COSTS, ASSUME, HARDWARE)
    calm, busy = (simulate(Party(10_000, 4, rate, 2.0), at) for rate in (5, 100))
    assert busy.delivered / busy.writes > 1.2 * calm.delivered / calm.writes
    assert busy.busy / busy.delivered < calm.busy / calm.delivered


def test_commits_that_vary_are_waited_for() -> None:
    even, uneven = (
        simulate(Party(10, 1, 30, 5.0), replace(FREE, commit=0.010, spread=spread)) for spread in ((1.0,), (0.1, 1.9))
    )
    assert uneven.quantile(0.2) < even.quantile(0.2)
    assert uneven.quantile(0.8) > even.quantile(0.8)


def test_the_same_party_comes_out_the_same() -> None:
    at = place(COSTS, ASSUME, HARDWARE)
    assert simulate(Party(2_000, 3, 50, 1.0), at) == simulate(Party(2_000, 3, 50, 1.0), at)


def test_slow_mode_admits_what_so_many_people_may_post() -> None:
    assert Party(1_000, 1, 500, slow=10).admitted == 100
    assert Party(1_000, 1, 50, slow=10).admitted == 50


def test_latencies_are_read_back_within_the_width_of_a_bucket() -> None:
    outcome = Outcome()
    outcome.note([0.010] * 9 + [2.0], 10)
    assert outcome.quantile(0.5) == pytest.approx(0.010, rel=0.05)
    assert outcome.quantile(0.99) == pytest.approx(2.0, rel=0.05)
    assert Outcome().quantile(0.5) == 0.0


# ── the page ────────────────────────────────────────────────────────────────────────────────────────


def parts() -> dict[str, str]:
    text = PAGE.read_text()
    return {
        name: body.strip() for name, body in re.findall(r"<!-- model: (\w+) -->\n(.*?)<!-- end -->", text, re.DOTALL)
    }


def test_the_page_shows_what_the_command_says() -> None:
    for name, part in tables.arithmetic(ASSUME, COSTS, HARDWARE).items():
        assert parts()[name] == part, "type `make model ARGS=--write`"
    assert MACHINES.read_text() == tables.machines_plot(ASSUME, COSTS, HARDWARE)


def test_the_page_shows_what_the_simulation_says() -> None:
    assert parts()["checks"] == hot_tables.checked(checks(COSTS)), "type `make model ARGS=--write`"
    party = Party(1_000, 1, 100, 4.0)
    cells = hot_tables.hot_room([(party, simulate(party, place(COSTS, ASSUME, HARDWARE)))]).splitlines()
    rows = [row.strip("| ").split(" | ") for row in parts()["hot"].splitlines()]
    shown = next(row for row in rows if row[:2] == ["1,000", "1"])
    assert shown[rows[0].index("100/s")] == cells[2].strip("| ").split(" | ")[2]


@pytest.mark.parametrize("path", [MACHINES, HOT_ROOM], ids=lambda path: path.name)
def test_the_plots_are_images_that_the_page_shows(path: Path) -> None:
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    assert f"(images/{path.name})" in PAGE.read_text()


def test_a_part_without_a_place_is_refused() -> None:
    page = "a\n<!-- model: one -->\nold\n<!-- end -->\nb"
    assert put(page, {"one": "new\n"}) == "a\n<!-- model: one -->\nnew\n<!-- end -->\nb"
    for wrong in ({}, {"one": "", "two": ""}):
        with pytest.raises(KeyError, match="places for"):
            put(page, wrong)


def test_every_assumption_is_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick"])
    assert "| 10,000,000 | today |" in capsys.readouterr().out
    main(["--quick", "--posts", "4", "--ports", "60000"])
    said = capsys.readouterr().out
    assert "| `--posts` | 4 |" in said
    assert "| `--ports` | 60,000 |" in said


@pytest.mark.parametrize("arguments", [["--quick", "--write"], ["--posts", "many"]])
def test_what_makes_no_sense_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert "error:" in capsys.readouterr().err


def test_the_message_that_is_assumed_was_weighed() -> None:
    figures = json.loads(MEASURED.read_text())["weights"]["figures"]
    assert ASSUME.message == figures["frame_bytes"]
    assert weigh.frames() == {name: figures[name] for name in ("frame_bytes", "presence_bytes")}


def test_what_moves_the_answer_most_comes_first() -> None:
    found = tables.swing(ASSUME, COSTS, HARDWARE, 100_000, TODAY)
    assert len(found) == sum(len(fields(each)) for each in (Assumptions, Costs, Hardware))
    swings = [abs(double - half) for _, half, double in found]
    assert swings == sorted(swings, reverse=True)
    assert {name: double for name, _, double in found}["`--spare`"] < 1  # the more is used, the fewer are bought


def test_every_figure_says_where_it_was_measured() -> None:
    assert MEASURED.read_text().count('"measured": "20') == 3


# ── what it is fed with ─────────────────────────────────────────────────────────────────────────────


def test_times_are_read_out_of_a_histogram() -> None:
    even = watch.spread({0.1: 50.0, 0.2: 100.0, inf: 100.0}, 4)
    assert even == pytest.approx([0.025, 0.075, 0.125, 0.175])
    assert watch.spread({0.1: 0.0, inf: 2.0}, 2) == pytest.approx([0.125, 0.175])  # beyond the last edge: a guess


def test_a_room_is_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "RATES", (60,))
    with Server(tmp_path / "instance") as server:
        (found,) = asyncio.run(watch.watch([server], 12, 0.5))
    assert found["rate"] == 60
    assert 0 < found["p50_ms"] <= found["p90_ms"]
    assert found["group"] >= 1
    assert found["commit_ms"] > 0


def test_postgresql_is_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weigh, "POSTS", 128)
    found = weigh.database(tmp_path)
    assert 100 < found["wal_bytes"] < 10_000
    assert found["commit_ms_1"] > 0
    assert 0 < found["database_post_us_64"] < found["database_post_us_1"]


def test_valkey_is_weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weigh, "RINGS", 200)
    found = weigh.bus()
    assert set(found) == {"bus_publish_us", "bus_copy_us", "hear_us"}
    assert 0 < found["hear_us"] < 1_000


def test_presence_is_weighed() -> None:
    assert 0 < weigh.presence()["presence_look_us"] < 10
