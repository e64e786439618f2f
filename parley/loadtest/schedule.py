"""When posts are due. Pure.

Open: at an even pace, decided before; a post that could not leave in time was due all the same, and its latency counts
from then. Otherwise a slow server would be asked less often just while it is slow, and its figures would look better
than what people felt ("coordinated omission").
"""

import random
from collections.abc import Iterator


def even_pace(rate: float, begin: float, end: float, number: int, processes: int) -> Iterator[float]:
    """The moments at which one of several processes has a post to send: together they make `rate` a second."""
    count = number
    while (due := begin + count / rate) < end:
        yield due
        count += processes


def thinking(average: float) -> float:
    """Seconds until somebody who has just been answered posts again."""
    return average * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
