"""Latencies counted in buckets of less than 1 % width, as HdrHistogram does; pure."""

from collections.abc import Iterable, Mapping
from math import ceil

PRECISION = 8  # leading bits of a value that are kept: a bucket is at most 1/128 as wide as its values


class Histogram:
    """Counts of microseconds. `buckets` maps the lowest value of a bucket to how many fell into it."""

    def __init__(self, buckets: Mapping[int, int] = {}) -> None:
        self.buckets = dict(buckets)

    def record(self, seconds: Iterable[float]) -> None:
        """Count latencies; what is below zero is zero."""
        buckets = self.buckets
        for each in seconds:
            value = max(0, int(each * 1e6))
            shift = value.bit_length() - PRECISION
            if shift > 0:
                value = value >> shift << shift
            buckets[value] = buckets.get(value, 0) + 1

    def add(self, buckets: Mapping[int, int]) -> None:
        """Count in what another one counted."""
        for value, count in buckets.items():
            self.buckets[value] = self.buckets.get(value, 0) + count

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(self.buckets.values())

    def quantile(self, share: float) -> float | None:
        """Seconds that `share` (0 to 1) of all did not exceed, rounded up to the bucket's end; None without any.

        It is the value of the ⌈share × count⌉th in order (nearest rank), never one between two.
        """
        rank = max(1, ceil(share * self.count))
        for value in sorted(self.buckets):
            rank -= self.buckets[value]
            if rank <= 0:
                return _highest(value) / 1e6
        return None


def _highest(value: int) -> int:
    shift = value.bit_length() - PRECISION
    return value + (1 << shift) - 1 if shift > 0 else value
