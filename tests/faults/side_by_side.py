"""Several faults at once, each with a cluster and a process of its own."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Sequence

from tests.faults.result import Result
from tests.running import ROOT

LONGEST_LINE = 1 << 24  # bytes of a result
LONG = ("deployed-twice", "backup-restored", "half-open", "readers-stopped")  # begun first, so that none is left alone
CLEARS_UP = 60.0  # seconds for a process to mend and remove everything

Tell = Callable[[Result], None]


async def run_all(faults: Sequence[str], rounds: int, seconds: float, seed: int, at_once: int, tell: Tell) -> None:
    """`tell` gets the result of each fault as far as it is, after each of its rounds."""
    turns = asyncio.Semaphore(at_once)

    async def run(fault: str) -> None:
        async with turns:
            await _run(fault, rounds, seconds, seed, tell)

    async with asyncio.TaskGroup() as tasks:
        for fault in sorted(faults, key=lambda fault: fault not in LONG):
            tasks.create_task(run(fault))


async def _run(fault: str, rounds: int, seconds: float, seed: int, tell: Tell) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore:XDG_RUNTIME_DIR", "-m", "tests.faults.one"),
        *(fault, str(rounds), str(seconds), str(seed)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
        start_new_session=True,  # Ctrl-C is for us: we end it so that it clears up
    )
    assert process.stdout is not None
    assert process.stderr is not None
    complaint = asyncio.create_task(process.stderr.read())
    result = Result(fault, seed)
    try:
        async for line in process.stdout:
            result = Result.from_dict(json.loads(line))
            tell(result)
        if await process.wait() != 0:
            result.broke_off((await complaint).decode())
            tell(result)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(CLEARS_UP):
                await process.wait()
