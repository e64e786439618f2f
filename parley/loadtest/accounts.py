"""People for a load test, registered over the API as anybody would."""

import asyncio
import secrets
from collections.abc import Callable

import httpx

from parley.loadtest.pipe import Account
from parley.loadtest.plan import Plan
from parley.settings import SetupError

AT_ONCE = 8  # requests: passwords are hashed at the server, a few at a time
PATIENCE = 60.0  # seconds for an answer; hashing queues


async def register(plan: Plan, progress: Callable[[int], None]) -> list[Account]:
    """Register the people of the plan with random passwords, and give each a token.

    `progress` hears how many are done. Raises SetupError when nobody answers, or the server refuses.
    """
    room = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(http: httpx.AsyncClient, number: int) -> Account:
        nonlocal done
        try:
            async with room:
                account = await _one(http, f"load-{plan.run}-{number + 1}")
        except httpx.TransportError:
            raise SetupError(f"No Parley answers at {plan.url}: start it, or give its address.") from None
        done += 1
        progress(done)
        return account

    try:
        async with (
            httpx.AsyncClient(base_url=plan.url, timeout=PATIENCE, trust_env=False) as http,
            asyncio.TaskGroup() as group,
        ):
            people = [group.create_task(one(http, number)) for number in range(plan.users)]
    except* SetupError as several:
        raise several.exceptions[0] from None
    return [each.result() for each in people]


async def _one(http: httpx.AsyncClient, name: str) -> Account:
    password = secrets.token_urlsafe(12)
    answer = await http.post("/api/users", json={"nickname": name, "password": password})
    if answer.status_code == 201:
        answer = await http.post("/api/tokens", auth=(name, password))
        if answer.status_code == 200:
            return Account(name, answer.json()["token"])
    if answer.status_code == 429:
        raise SetupError(
            "The server limits how fast people register and sign in: start it with RATE_LIMITS=off for a load test."
        )
    raise SetupError(
        f"The server does not register people ({answer.status_code} at {answer.url.path}): is it a Parley?"
    )
