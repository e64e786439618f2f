"""Somebody whose session is ended while the cluster is broken."""

import asyncio
import contextlib
import itertools
import time
from typing import Any

import httpx

from tests.faults.ledger import Refusal
from tests.faults.people import AGAIN, Client, Door
from tests.running import Frame

CLOSES_WITHIN = 15.0  # seconds from the end of a session to the end of its sockets, at every node


class Guest(Client):
    """Reads, until the session is ended from elsewhere; then the token is good for nothing, and the socket closed."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.left_at: float | None = None  # when it was acknowledged that the session has ended
        self._numbers = itertools.count(1)
        self.leaving = False
        self._out = asyncio.Event()
        self._out_at = 0.0
        self._back = asyncio.Event()

    async def leave(self) -> None:
        """End the session, by signing out or by another password. Returns as soon as that is acknowledged."""
        self._out.clear()
        self._back.clear()
        self.leaving = True
        ways: list[tuple[str, str, Frame | None]] = [("DELETE", "/api/tokens", None)]
        password = f"correct horse {next(self._numbers)}"
        ways.append(("PUT", f"/api/users/{self.person.id}", {"password": password}))
        method, path, body = self.chance.choice(ways)
        current = self.passwords[-1]
        while True:
            if body is not None:
                body["current_password"] = current
            answer = await self.request(method, path, headers=self.person.headers, json=body)
            # Refused: an earlier attempt had ended it, and its answer was lost.
            if answer is not None and (answer.is_success or answer.status_code == httpx.codes.UNAUTHORIZED):
                break
            current = self.chance.choice(self.passwords)  # a restore may have brought an older one back
            await asyncio.sleep(self.chance.uniform(*AGAIN))
        self.left_at = time.monotonic()
        if body is not None:
            await self._must_not_sign_in()
            self.passwords.append(password)

    async def turned_away(self) -> None:
        """Wait until everything about the end was looked at, then sign in again."""
        if not self.leaving:
            await super().turned_away()
            return
        self._out_at = time.monotonic()
        self._out.set()
        await self._back.wait()
        self.leaving = False
        self.left_at = None
        await self.sign_in()

    def take(self, frame: Frame) -> bool:
        """Whoever is let in after the end is let in wrongly."""
        if frame["type"] == "welcome" and self.left_at is not None and self.dialled > self.left_at:
            self.ledger.leaked.append(f"{self.name} was let in with a token that was revoked")
        return super().take(frame)

    async def is_out(self, mended: float | None) -> None:
        """Wait for the end of the socket: in due time after the session's end, or after `mended` if that was later."""
        assert self.left_at is not None
        since = max(self.left_at, mended or 0.0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, since + CLOSES_WITHIN - time.monotonic())):
                await self._out.wait()
        if not self._out.is_set() or self._out_at - since > CLOSES_WITHIN:
            self.ledger.leaked.append(f"{self.name} still had a socket {CLOSES_WITHIN:.0f} s after signing out")

    async def try_old_token(self, doors: list[Door]) -> None:
        """At every door it must be refused: reading, and writing."""
        for door in doors:
            key = f"{self.name}-{next(self._numbers)}"
            self.ledger.refused[key] = Refusal("trespass", "not_found")
            for method, body in (("GET", None), ("POST", {"source": "me again", "key": key})):
                answer = await self.request(method, "/api/messages", door, headers=self.person.headers, json=body)
                if answer is None or answer.status_code != httpx.codes.UNAUTHORIZED:
                    got = "no answer" if answer is None else answer.status_code
                    self.ledger.leaked.append(f"{method} with a token that was revoked got {got}")

    async def come_back(self) -> None:
        """Sign in again, once the old socket is closed."""
        await self._out.wait()
        self._back.set()

    async def _must_not_sign_in(self) -> None:
        answer = await self.request("POST", "/api/tokens", auth=(self.name, self.passwords[-1]))
        if answer is not None and answer.is_success:
            self.ledger.leaked.append(f"{self.name} signed in with the password of before")
