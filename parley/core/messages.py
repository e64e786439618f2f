"""Messages: posting, editing, deleting, reacting. The one door through which all faces change a room."""

from collections.abc import Sequence, Sized
from dataclasses import dataclass, field

from msgspec import UNSET
from msgspec.structs import replace

from parley import shortcodes, text
from parley.core import permissions
from parley.core.mentions import names_in, settled
from parley.core.previews import wanted
from parley.core.refusals import refusal
from parley.core.threads import bring_in, open_thread
from parley.core.visible import check_not_deleted, visible
from parley.core.wording import is_text
from parley.errors import Conflict, Invalid
from parley.names import is_blank
from parley.store.batch import Batch, Change, Command, Needs
from parley.wire import File, Message, Reaction

DIFFERENT_REACTIONS = 50  # emoji under one message
LONGEST_KEY = 64  # characters
MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings say about messages."""

    length: int = 8000  # characters
    unfold: bool = True  # links get previews


def check_source(source: str, length: int) -> str:
    """The text of a message as it is stored: without blank lines around it, and nothing if it is blank.

    Raises Invalid when it is too long, or holds characters that are no text.
    """
    if len(source) > length:
        raise Invalid(f"The message has {len(source):,} characters; {length:,} fit. Split it.", code="too_long")
    if not is_text(source):
        raise Invalid("The message holds characters that are no text.", code="invalid_text")
    source = source.replace("\r\n", "\n").strip("\n").rstrip()
    return "" if is_blank(source) else source


def check_not_empty(source: str, files: Sized) -> None:
    """A message has a text or files. Raises Invalid."""
    if not source and not files:
        raise Invalid("The message is empty.", code="empty")


def check_files(files: Sequence[int]) -> None:
    """Files that are to be posted together. Raises Invalid."""
    if len(files) > MOST_FILES:
        raise Invalid(f"A message has at most {MOST_FILES} files; post the others in another.")
    if len(set(files)) < len(files):
        raise Invalid("The same file is named twice.")


def check_key(key: str) -> str:
    """The key of a post, as the client chose it. Raises Invalid when no database could store it."""
    if not 1 <= len(key) <= LONGEST_KEY or not is_text(key):
        raise Invalid(f"A key is text of 1 to {LONGEST_KEY} characters.", code="invalid_key")
    return key


@dataclass(slots=True)
class Post(Command):
    """A new message. The same author and key again: the first result again, and nothing is stored.

    With `reply_to` it is a reply in the thread under that message, or in the thread that that message is in.
    """

    author: int
    room: int
    source: str
    key: str | None = None
    rules: Rules = field(default_factory=Rules)
    reply_to: int | None = None
    files: Sequence[int] = ()  # sent before by the same person
    _rendered: text.Rendered = field(init=False)

    def prepare(self) -> None:
        """Check and render."""
        if self.key is not None:
            check_key(self.key)
        check_files(self.files)
        self.source = check_source(self.source, self.rules.length)
        check_not_empty(self.source, self.files)
        self._rendered = text.render(self.source)

    def needs(self) -> Needs:
        """Whether it was posted before, the author's seat, and the root of the thread."""
        keys = () if self.key is None else ((self.author, self.key),)
        roots = () if self.reply_to is None else (self.reply_to,)
        seats = ((self.room, self.author),)
        return Needs(keys=keys, seats=seats, roots=roots, names=names_in(self._rendered), files=self.files)

    def apply(self, batch: Batch) -> Change:
        """Raises NotFound for who is not in the room or does not see the message that is replied to, Denied when nobody
        replies to that, Conflict when it is deleted or the room archived, Invalid for the files.
        """
        if self.key is not None and (earlier := batch.posted(self.author, self.key)):
            return earlier
        room, seat = batch.seating.room(self.room), batch.seating.seat(self.room, self.author)
        if room is None or not permissions.may_post(seat, room):
            raise refusal(seat, room, "You may not write in this room.")
        root = None if self.reply_to is None else open_thread(batch, self.reply_to, self.room, self.author)
        html, mentions = settled(self._rendered, lambda name: batch.named(self.room, name))
        files = self._take_files(batch)
        change = batch.post(
            Message(
                id=0,
                room=self.room,
                seq=0,
                changed_seq=0,
                kind="text",
                author=self.author,
                key=self.key,
                source=self.source,
                html=html,
                created_at=batch.now,
                previews=wanted(self._rendered.links) if self.rules.unfold else [],
                mentions=mentions,
                files=files or UNSET,
                reply_to=None if root is None else root.id,
            )
        )
        if root is not None:
            batch.threads.replied(root, change.message)
            bring_in(batch, change.message)
        return change

    def _take_files(self, batch: Batch) -> list[File]:
        for number in self.files:
            loose = batch.files.loose(number)
            if loose is None or not permissions.may_use_file(self.author, loose.owner):
                raise Invalid("A file is not there, or in a message already: send it again.", code="no_such_file")
        return batch.files.take(self.files)


@dataclass(slots=True)
class Edit(Command):
    """Another text for one's own message."""

    user: int
    message: int
    source: str
    rules: Rules = field(default_factory=Rules)
    _rendered: text.Rendered = field(init=False)

    def prepare(self) -> None:
        """Check and render."""
        self.source = check_source(self.source, self.rules.length)
        self._rendered = text.render(self.source)

    def needs(self) -> Needs:
        """The message, the one it replies to, and the editor's seat in their room."""
        return Needs(roots=(self.message,), user=self.user, names=names_in(self._rendered))

    def apply(self, batch: Batch) -> Change:
        """The same text again changes nothing, so that a retry is harmless."""
        message, room, seat = visible(batch, self.message, self.user)
        if not permissions.may_edit_message(seat, room, message):
            raise refusal(seat, room, "Only its author may change a message.")
        check_not_deleted(message)
        check_not_empty(self.source, message.files or ())
        if message.source == self.source:
            return Change(message)
        html, mentions = settled(self._rendered, lambda name: batch.named(message.room, name), message.mentions)
        edited = replace(
            message,
            source=self.source,
            html=html,
            edited_at=batch.now,
            previews=wanted(self._rendered.links, message.previews) if self.rules.unfold else [],
            mentions=mentions,
        )
        bring_in(batch, edited)
        return batch.change(edited)


@dataclass(slots=True)
class Delete(Command):
    """Content, files, previews, reactions and its pin go; the row stays as a tombstone, so that every client hears of
    it. So does the thread under it.
    """

    user: int
    message: int

    def needs(self) -> Needs:
        """The message, the one it replies to, and the author's seat in their room."""
        return Needs(roots=(self.message,), user=self.user)

    def apply(self, batch: Batch) -> Change:
        """Deleting twice is deleting once. Raises NotFound, Denied, Conflict when the room is archived."""
        message, room, seat = visible(batch, self.message, self.user)
        if not permissions.may_delete_message(seat, room, message):
            raise refusal(seat, room, "Only its author, and the room's owners and moderators, delete a message.")
        if message.deleted_at is not None:
            return Change(message)
        return delete(batch, message)


def delete(batch: Batch, message: Message) -> Change:
    """Make a tombstone of a message that is in the batch with its root; the thread that it is in counts it no more."""
    if message.reply_to is not None:
        batch.threads.lost(message.reply_to)
    empty = replace(message, source="", html="", previews=[], reactions=[], files=UNSET, mentions=UNSET, pinned=UNSET)
    return batch.change(replace(empty, deleted_at=batch.now, edited_at=None))


@dataclass(slots=True)
class React(Command):
    """One emoji of one person under a message, put or taken back. `:name:` means its emoji, as in a text."""

    user: int
    message: int
    emoji: str
    on: bool

    def prepare(self) -> None:
        """Raises Invalid when it is no emoji."""
        emoji = shortcodes.emoji(self.emoji)
        if emoji is None:
            raise Invalid("A reaction is one emoji, or its :name:.", code="not_an_emoji")
        self.emoji = emoji

    def needs(self) -> Needs:
        """The message, and a seat in its room."""
        return Needs(messages=(self.message,), user=self.user)

    def apply(self, batch: Batch) -> Change:
        """Doing it twice is doing it once."""
        message, room, seat = visible(batch, self.message, self.user)
        if not permissions.may_react(seat, room, message):
            raise refusal(seat, room, "Only what people write takes reactions.")
        check_not_deleted(message)
        chosen = {reaction.emoji: reaction.users for reaction in message.reactions}
        users = chosen.get(self.emoji, [])
        if (self.user in users) == self.on:
            return Change(message)
        if self.on and self.emoji not in chosen and len(chosen) >= DIFFERENT_REACTIONS:
            raise Conflict(f"A message takes {DIFFERENT_REACTIONS} different reactions.", code="too_many_reactions")
        chosen[self.emoji] = [*users, self.user] if self.on else [user for user in users if user != self.user]
        reactions = [Reaction(emoji, users) for emoji, users in chosen.items() if users]
        return batch.change(replace(message, reactions=reactions))
