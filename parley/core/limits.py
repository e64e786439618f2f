"""How often somebody may do something. The arithmetic is the library's."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Literal

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from parley.errors import TooMany, Unavailable
from parley.settings import Settings, SetupError

Kind = Literal["post", "frame", "sign_in", "sign_in_address", "api", "search", "upload", "download", "export"]


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
            "upload": _parse("UPLOAD_RATE", settings.upload_rate),
            "download": _parse("DOWNLOAD_RATE", settings.download_rate),
            "export": _parse("EXPORT_RATE", settings.export_rate),
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


class AtOnce:
    """How many of one kind of work somebody, and all together, may have under way at one node. Thread-safe."""

    def __init__(self, most_of_one: int, most: int) -> None:
        self._most_of_one = most_of_one
        self._most = most
        self._under_way: Counter[object] = Counter()
        self._lock = threading.Lock()

    def begin(self, who: object) -> Callable[[], None]:
        """Returns what ends it, once. Raises TooMany, or Unavailable when all together have too much under way."""
        with self._lock:
            if self._under_way[who] >= self._most_of_one:
                raise TooMany(f"You send {self._most_of_one} files already; wait until one of them is here.")
            if self._under_way.total() >= self._most:
                raise Unavailable("This server takes as many files in as it can; try again in a moment.")
            self._under_way[who] += 1
        over = threading.Event()

        def end() -> None:
            with self._lock:
                if not over.is_set():
                    over.set()
                    self._under_way[who] -= 1
                    self._under_way += Counter()  # forgets who has nothing under way

        return end


def _parse(name: str, rate: str) -> RateLimitItem:
    try:
        [item] = parse_many(rate)
        if item.amount < 1:
            raise ValueError("nothing would be allowed")
    except ValueError:
        raise SetupError(f"{name}={rate!r} is no rate; write it like 30/10seconds or 60/minute.") from None
    return item
