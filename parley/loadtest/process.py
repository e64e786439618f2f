"""One process of a load test: `python -m parley.loadtest.process`, told what to do and heard over pipes."""

import asyncio
import gc
import os
import sys

import uvloop

from parley.loadtest.crowd import Crowd
from parley.loadtest.pipe import Begin, Report, Settle, Stop, encode, read_order

LONGEST_LINE = 2**30


def _say(report: Report) -> None:
    sys.stdout.buffer.write(encode(report) + b"\n")
    sys.stdout.buffer.flush()


async def main() -> None:
    """Obey until `settle` is done, or the parent is gone."""
    # A collection would stop all sockets and be measured as if it were the server's; a run leaves little in cycles.
    gc.disable()
    orders = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    begin = read_order(await orders.readline())
    assert isinstance(begin, Begin)
    crowd = Crowd(begin, _say)
    talking = asyncio.create_task(crowd.talk())
    while line := await orders.readline():
        match read_order(line):
            case Stop():
                crowd.stop()
            case Settle() as wanted:
                await talking
                await crowd.settle(wanted)
                return
    # Without a parent nobody wants to know; the sockets go with this process.
    os._exit(1)


if __name__ == "__main__":
    uvloop.run(main())
