"""How often somebody may do something. The arithmetic is the library's."""

import time
from typing import Literal

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from parley.errors import TooMany
from parley.settings import Settings, SetupError

Kind = Literal["post", "frame", "sign_in", "sign_in_address", "api", "search"]


class RateLimits:
    """The limits of one node, in its memory. Thread-safe."""

    def __init__(self, settings: Settings) -> None:
        self._on = settings.rate_limits
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._items: dict[Kind, RateLimitItem] = {
            "post": _parse("POST_RATE", settings.post_rate),
            "frame": _parse("FRAME_RATE", settings.frame_rate),
            "sign_in": _parse("SIGN_IN_RATE", settings.sign_in_rate),
            "sign_in_address": _parse("SIGN_IN_ADDRESS_RATE", settings.sign_in_address_rate),
            "api": _parse("API_RATE", settings.api_rate),
            "search": _parse("SEARCH_RATE", settings.search_rate),
        }

    def spend(self, kind: Kind, who: object) -> None:
        """Count one. Raises TooMany, with the seconds to wait, when there were too many before."""
        if not self._on:
            return
        item = self._items[kind]
        if not self._limiter.hit(item, kind, str(who)):
            reset, _ = self._limiter.get_window_stats(item, kind, str(who))
            wait = max(0.5, round(reset - time.time(), 1))
            raise TooMany(f"Too fast. Try again in {wait:.0f} s.", retry_after=wait)


def _parse(name: str, rate: str) -> RateLimitItem:
    try:
        [item] = parse_many(rate)
        if item.amount < 1:
            raise ValueError("nothing would be allowed")
    except ValueError:
        raise SetupError(f"{name}={rate!r} is no rate; write it like 30/10seconds or 60/minute.") from None
    return item
