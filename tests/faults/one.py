"""One fault in a process of its own: prints its result as a line of JSON after each round. Ends at SIGTERM, mended."""

import asyncio
import json
import signal
import sys

from tests.faults.result import Result
from tests.faults.rounds import run


async def main(fault: str, rounds: int, seconds: float, seed: int) -> None:
    """Run it, or as much of it as there is time for."""
    work = asyncio.current_task()
    assert work is not None
    ended = asyncio.Event()

    def end() -> None:
        ended.set()
        work.cancel()

    def tell(result: Result) -> None:
        """For the process that started this one."""
        print(json.dumps(result.as_dict()), flush=True)
        if ended.is_set():
            work.cancel()  # a cancellation that comes while something else fails may be taken for that

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end)
    await run([fault] * rounds, seconds, seed, tell)


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
    except asyncio.CancelledError:
        sys.exit(0)
