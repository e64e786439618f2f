"""How often somebody may do something."""

from pathlib import Path

import pytest

from parley.core.limits import AtOnce, RateLimits
from parley.errors import TooMany, Unavailable
from parley.settings import Settings, SetupError


def test_a_limit_counts_each_person_and_each_kind_apart() -> None:
    limits = RateLimits(Settings(post_rate="3/hour", api_rate="1/hour"))
    for _ in range(3):
        limits.spend("post", 1)
    with pytest.raises(TooMany) as caught:
        limits.spend("post", 1)
    assert 0 < caught.value.retry_after <= 2 * 3600
    assert caught.value.code == "rate_limited"
    limits.spend("post", 2)
    limits.spend("api", 1)
    with pytest.raises(TooMany):
        limits.spend("api", 1)


def test_limits_can_be_switched_off() -> None:
    limits = RateLimits(Settings(rate_limits=False, post_rate="1/hour"))
    for _ in range(10):
        limits.spend("post", 1)


@pytest.mark.parametrize("name", ["post_rate", "frame_rate", "sign_in_rate", "sign_in_address_rate", "api_rate"])
@pytest.mark.parametrize("rate", ["often", "0/minute", "10/minute;5/second", "-1/hour", "1.5/hour", "3/fortnight"])
def test_a_rate_that_is_none_is_refused_by_its_name(name: str, rate: str) -> None:
    settings = Settings(instance=Path(), **{name: rate})  # type: ignore[arg-type]
    with pytest.raises(SetupError, match=rf"^{name.upper()}='{rate}'"):
        RateLimits(settings)


def test_so_much_at_once_of_one_and_of_all() -> None:
    uploads = AtOnce(2, 3)
    ends = [uploads.begin("ann") for _ in range(2)]
    with pytest.raises(TooMany):
        uploads.begin("ann")
    last = uploads.begin("bob")
    with pytest.raises(Unavailable):
        uploads.begin("eve")
    for _ in range(2):  # the second time changes nothing
        ends[0]()
    uploads.begin("ann")
    with pytest.raises(TooMany):
        uploads.begin("ann")
    last()
    uploads.begin("eve")
