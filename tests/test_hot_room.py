"""The simulation of the hot room: nothing is lost in it, and each cost has its place."""

from dataclasses import replace

import pytest

from bench import hot_room
from bench.hot_room import simulate
from bench.scaling.goal import place
from bench.scaling.party import Outcome, Party, Place
from tests.scaling_inputs import ASSUME, COSTS, HARDWARE

FREE = Place(write=0, event=0, post=0, hear=0, commit=0, row=0, bus=0, frame=0, bandwidth=1e12)


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


def test_a_round_waits_for_the_group_under_way_and_in_a_calm_room_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    at = replace(FREE, commit=0.003, write=1e-6, bus=0.001)
    busy, calm = Party(100, 2, 800, 1.0), Party(100, 2, 1, 10.0)
    together, alone = simulate(busy, at), simulate(calm, at)
    monkeypatch.setattr(hot_room, "COMPANY", 0.0)
    assert together.writes < 0.8 * simulate(busy, at).writes
    assert alone == simulate(calm, at)


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
