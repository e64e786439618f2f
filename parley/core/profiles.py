"""What people say of themselves, and what they like: name, status, time zone; theme, typing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, NamedTuple
from zoneinfo import available_timezones

from msgspec import UNSET, UnsetType

from parley import names, shortcodes
from parley.core.wording import one_line
from parley.errors import Invalid, NotFound
from parley.signals import Signal
from parley.store import users
from parley.store.batch import Batch, Command
from parley.store.store import Store
from parley.wire import Status

LONGEST_STATUS = 80  # characters
USUAL_EMOJI = "💬"  # of a status that has only words

Theme = Literal["system", "light", "dark"]


def check_status(status: Status, now: datetime) -> Status:
    """A status as it is stored: an emoji, or its `:name:`, and a line of text. Raises Invalid."""
    emoji = shortcodes.emoji(status.emoji or USUAL_EMOJI)
    if emoji is None:
        raise Invalid("A status begins with one emoji, or its :name:.", code="not_an_emoji")
    text = one_line(status.text or "", "status", LONGEST_STATUS)
    if status.until and status.until <= now:
        raise Invalid("A status ends in the future; give a later moment, or none.")
    return Status(emoji, text, status.until)


def check_timezone(name: str) -> str:
    """The name of a time zone of the IANA database. Raises Invalid."""
    if name not in _timezones():
        raise Invalid("A time zone is a name like Europe/Berlin, of the IANA database.", code="unknown_timezone")
    return name


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


@dataclass(slots=True)
class ChangeProfile(Command):
    """What others see of somebody: these columns, as `change` makes them."""

    user: int
    columns: Mapping[str, Any]

    def apply(self, batch: Batch) -> None:
        """Whoever sees this person hears of it. Raises NotFound when they are gone."""
        row = users.by_id(batch.connection, self.user)
        if row is None or row.removed_at is not None:
            raise NotFound("There is no such person.")
        changed = {name for name, value in self.columns.items() if getattr(row, name) != value}
        if changed:
            users.set_profile(batch.connection, row, self.columns, batch.now)
            batch.signals.append(Signal("profile", self.user))
        if "timezone" in changed:  # in which their quiet hours are
            batch.signals.append(Signal("preferences", self.user))


class Profile(NamedTuple):
    """What is to be changed of a profile; None, or an empty text, removes what was there."""

    name: str | UnsetType | None = UNSET
    status: Status | UnsetType | None = UNSET
    timezone: str | UnsetType | None = UNSET


def change(user: int, wanted: Profile) -> ChangeProfile:
    """A command that changes what others see of somebody. Raises Invalid for what will not do."""
    columns: dict[str, Any] = {}
    if wanted.name is not UNSET:
        columns["display_name"] = names.check_display(wanted.name) if wanted.name and wanted.name.strip() else None
    if wanted.timezone is not UNSET:
        columns["timezone"] = check_timezone(wanted.timezone) if wanted.timezone else None
    if wanted.status is None:
        columns |= {"status_emoji": None, "status_text": None, "status_until": None}
    elif wanted.status is not UNSET:
        status = check_status(wanted.status, datetime.now(UTC))
        columns |= {"status_emoji": status.emoji, "status_text": status.text, "status_until": status.until or None}
    return ChangeProfile(user, columns)


class Preferences(NamedTuple):
    """What somebody likes. `typing`: others may be told that they are typing."""

    theme: Theme = "system"
    typing: bool = True


def preferences(store: Store, user: int) -> Preferences:
    """What this person likes. Raises NotFound."""
    with store.reading() as connection:
        row = users.preferences(connection, user)
    if row is None:
        raise NotFound("There is no such person.")
    theme: Theme = "light" if row.theme == "light" else "dark" if row.theme == "dark" else "system"
    return Preferences(theme, not row.hides_typing)


@dataclass(slots=True)
class ChangePreferences(Command):
    """What somebody likes; None leaves it."""

    user: int
    theme: Theme | None = None
    typing: bool | None = None

    def apply(self, batch: Batch) -> None:
        """The person's sockets follow."""
        columns: dict[str, Any] = {}
        if self.theme is not None:
            columns["theme"] = self.theme
        if self.typing is not None:
            columns["hides_typing"] = not self.typing
        if columns:
            users.set_preferences(batch.connection, self.user, columns)
            batch.signals.append(Signal("preferences", self.user))
