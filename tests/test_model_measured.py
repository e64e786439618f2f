"""What the model is fed with is measured, by small programs that work."""

import asyncio
from math import inf
from pathlib import Path

import pytest

from bench.scaling import watch, weigh
from bench.server import Server


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
