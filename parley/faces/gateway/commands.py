"""From a frame to the core, and from its answer back to a frame."""

import asyncio
from typing import Any, NamedTuple

from parley.core import messages
from parley.core.pins import Pin as PinMessage
from parley.core.reading import MarkRead, MarkUnread
from parley.core.threads import Follow as FollowThread
from parley.core.threads import MarkThreadRead
from parley.errors import Refused
from parley.faces.gateway.connection import Connection
from parley.faces.gateway.frames import frame
from parley.faces.gateway.inbox import Inbox
from parley.node import Node
from parley.store.batch import Change, Command
from parley.store.committer import Answer
from parley.wire import Ack, Delete, Edit, Error, Follow, Pin, Post, React, Read, Unread

Keyed = Post | Edit | Delete | React | Pin | Follow


class Reply(NamedTuple):
    """What a socket gets for its command; empty for one that wants no answer."""

    connection: Connection
    frame: bytes


class Commands:
    """Hands commands to the store; their answers come back through the inbox, after COMMIT.

    What the sockets say in one turn of the loop is handed on together: the committer would begin with the first
    command, and the others would miss its group.
    """

    def __init__(self, node: Node, inbox: Inbox[Any]) -> None:
        self._node = node
        self._inbox = inbox
        self._loop = asyncio.get_running_loop()
        self._said: list[tuple[Command, Answer]] = []  # in this turn of the loop

    def submit(self, connection: Connection, wanted: Keyed) -> None:
        """Do what a frame asks for, or say at once why not."""
        assert connection.session is not None
        user = connection.session.user

        def answer(result: Change | Refused) -> None:
            if isinstance(result, Refused):
                self._inbox.put(Reply(connection, self.refusal(result, wanted.key)))
            else:
                ack = Ack(key=wanted.key, room=result.room, seq=result.seq, message=result.message.id)
                self._inbox.put(Reply(connection, frame(ack)))

        try:
            self._node.limits.spend("post", user)
        except Refused as refused:
            connection.write(self.refusal(refused, wanted.key))
        else:
            self._ask(connection, self._command(user, wanted), answer)

    def move_read(self, connection: Connection, wanted: Read | Unread) -> None:
        """Move a read position. Nobody is answered but by where it stands then; what is lost comes again."""
        assert connection.session is not None
        user = connection.session.user

        def answer(_: object) -> None:
            self._inbox.put(Reply(connection, b""))

        if isinstance(wanted, Unread):
            self._ask(connection, MarkUnread(user, wanted.room, wanted.seq), answer)
        elif wanted.thread is None:
            self._ask(connection, MarkRead(user, wanted.room, wanted.seq, wanted.generation), answer)
        else:
            self._ask(connection, MarkThreadRead(user, wanted.thread, wanted.seq), answer)

    def _ask(self, connection: Connection, command: Command, answer: Answer) -> None:
        connection.asked()
        if not self._said:
            self._loop.call_soon(self._hand_on)
        self._said.append((command, answer))

    def _hand_on(self) -> None:
        said, self._said = self._said, []
        for command, answer in said:
            try:
                self._node.store.submit(command, answer)
            except Refused as refused:
                answer(refused)

    def refusal(self, refused: Refused, key: str | None) -> bytes:
        """A refusal as a frame."""
        self._node.metrics.refusals.labels(refused.code).inc()
        return frame(Error(code=refused.code, detail=refused.detail, key=key, retry_after=refused.retry_after))

    def _command(self, user: int, wanted: Keyed) -> Command:
        rules = self._node.rules
        match wanted:
            case Post():
                return messages.Post(user, wanted.room, wanted.source, wanted.key, rules, wanted.reply_to, wanted.files)
            case Edit():
                return messages.Edit(user, wanted.message, wanted.source, rules)
            case Delete():
                return messages.Delete(user, wanted.message)
            case React():
                return messages.React(user, wanted.message, wanted.emoji, wanted.on)
            case Pin():
                return PinMessage(user, wanted.message, wanted.on)
            case Follow():
                return FollowThread(user, wanted.message, wanted.on)
