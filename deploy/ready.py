"""Wait until a node is ready: `python deploy/ready.py URL [SECONDS]`, by default 30 seconds; 0 asks once.

Exit code 0: its /readyz has answered 200. systemd, Docker and people who restart nodes one after another run this.
It needs nothing but Python.
"""

import sys
import time
from urllib.request import urlopen

PAUSE = 0.2  # seconds between two questions
PATIENCE = 5.0  # seconds for one answer


def ready(url: str) -> str:
    """Nothing when the node at this address is ready, else why it is not."""
    try:
        with urlopen(f"{url.rstrip('/')}/readyz", timeout=PATIENCE):  # noqa: S310 - the operator's own address
            return ""
    except (OSError, ValueError) as error:
        return str(error)


def main(url: str, seconds: str = "30") -> int:
    """Ask until it is ready or the time is over; returns the exit code."""
    end = time.monotonic() + float(seconds)
    while reason := ready(url):
        if time.monotonic() >= end:
            print(f"{url} is not ready: {reason}", file=sys.stderr)
            return 1
        time.sleep(PAUSE)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
