"""How often Python looks for objects that only refer to each other.

Each open socket is some sixty objects. By default the collector looks at all of them again and again while people
come in: with 8,000 sockets eight times, for up to 225 ms, in which nobody is served; now once, for 68 ms
(docs/decisions/0026).
"""

import gc

THRESHOLDS = (5_000, 10, 10)  # allocations more than releases, collections of the youngest, of the next


def collect_seldom() -> None:
    """Look less often, and never at what is there already; to be called when everything is loaded and made.

    What a closed socket leaves behind is found after some ten thousand others at the latest: 60 MB.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
