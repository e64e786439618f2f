"""A load test from its beginning to its result: registers people, leads the processes, and judges."""

import asyncio
import secrets
import signal
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from parley.loadtest.accounts import register
from parley.loadtest.checks import judge
from parley.loadtest.child import Child
from parley.loadtest.figures import Figures, Moment
from parley.loadtest.pipe import Account, Begin, Refusal, Second, Settle, Stop, Story, Written
from parley.loadtest.plan import Plan
from parley.loadtest.result import Result, result
from parley.settings import SetupError

LEAD = 0.5  # seconds from the moment at which all are told, until people arrive


class Audience(Protocol):
    """Who watches a run."""

    def registering(self, plan: Plan, done: int) -> None:
        """So many people are registered."""

    def second(self, plan: Plan, moment: Moment) -> None:
        """A second is over, in every process."""


async def run(plan: Plan, audience: Audience) -> Result:
    """Do what the plan says. Ctrl-C ends it early, and there is a result all the same.

    Raises SetupError when it cannot be done: nobody answers, the server refuses people or sockets.
    """
    plan = msgspec.structs.replace(plan, run=secrets.token_hex(3))
    people = await register(plan, lambda done: audience.registering(plan, done))
    async with AsyncExitStack() as stack:
        children = []
        for _ in range(plan.processes):
            children.append(child := await Child.start())
            stack.push_async_callback(child.end)
        return await _Conductor(plan, audience, children).conduct(people)


class _Conductor:
    """Leads the processes of one run."""

    def __init__(self, plan: Plan, audience: Audience, children: list[Child]) -> None:
        self._plan = plan
        self._audience = audience
        self._children = children
        self._figures = Figures(len(children))
        self._written: list[Written] = []
        self._stories: list[Story] = []
        self._stopped = False

    async def conduct(self, people: list[Account]) -> Result:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._stop)
        began_at, wall, cpu = datetime.now(UTC), time.monotonic(), time.process_time()
        start = time.monotonic() + LEAD
        try:
            for number, child in enumerate(self._children):
                mine = list(enumerate(people))[number :: len(self._children)]
                child.tell(Begin(self._plan, number, start, mine))
            async with asyncio.TaskGroup() as group:
                for number, child in enumerate(self._children):
                    group.create_task(self._listen(number, child))
        except* SetupError as several:
            raise several.exceptions[0] from None
        finally:
            loop.remove_signal_handler(signal.SIGINT)
        share = (time.process_time() - cpu) / (time.monotonic() - wall)
        for sentence in judge(self._stories):
            self._figures.fault(sentence)
        return result(
            self._plan,
            self._figures,
            began_at=began_at,
            ended_early=self._stopped,
            unanswered=sum(story.unanswered for story in self._stories),
            conductor=round(share, 3),
        )

    def _stop(self) -> None:
        self._stopped = True
        for child in self._children:
            child.tell(Stop())

    async def _listen(self, number: int, child: Child) -> None:
        async for report in child.reports():
            match report:
                case Second():
                    for moment in self._figures.add(number, report):
                        self._audience.second(self._plan, moment)
                case Written():
                    self._written.append(report)
                    if len(self._written) == len(self._children):
                        self._settle()
                case Story():
                    self._stories.append(report)
                case Refusal():
                    raise SetupError(report.detail)

    def _settle(self) -> None:
        """All have written: everybody is to have everything."""
        heads: dict[int, int] = {}
        for written in self._written:
            for room, seq in written.heads.items():
                heads[room] = max(seq, heads.get(room, 0))
        for child in self._children:
            child.tell(Settle(heads))
