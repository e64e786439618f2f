"""Two real servers over one PostgreSQL, ringing each other over Valkey or over the database itself.

The sweep is so slow here that whatever arrives within a test has rung.
"""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from parley.core.people import SHOWN
from tests.mirror import Mirror, load
from tests.nodes import Pair, Window, busy_node, came, closed_with, sign_outs, told_of, two_servers, until, went
from tests.running import PASSWORD, Chat, Person

SIGNED_OUT = 4401


@pytest.fixture(scope="module", params=["valkey", "postgres"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_server: str, made_postgres: str
) -> Iterator[Pair]:
    valkey = request.getfixturevalue("own_valkey") if request.param == "valkey" else None
    folder = tmp_path_factory.mktemp("nodes")
    with two_servers(
        folder, postgres_server, valkey, SWEEP="60", PRESENCE_EXPIRY="4", OFFLINE_AFTER="1.5", HEARTBEAT="2"
    ) as pair:
        yield pair


def test_whatever_happens_at_one_node_reaches_the_other_at_once(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    with ann.chat() as writer, pair.at_two(bob).chat() as chat, pair.at_two(ann).chat() as other_device:
        reader = Window(chat)
        posted = writer.post("**hi**")
        number, seq = posted["message"], posted["seq"]
        reader.see(number, lambda message: message["html"] == "<p><strong>hi</strong></p>")
        command = {"key": "k", "message": number}
        writer.send({"type": "edit", "source": "ho", **command})
        reader.see(number, lambda message: message["source"] == "ho")
        writer.send({"type": "react", "emoji": "👍", "on": True, **command})
        reader.see(number, lambda message: message["reactions"] == [{"emoji": "👍", "users": [ann.id]}])
        writer.send({"type": "delete", **command})
        reader.see(number, lambda message: message["deleted_at"] is not None)
        assert reader.mirror.cursor == seq + 3
        writer.send({"type": "read", "room": 1, "seq": seq})
        assert other_device.next("read") == {"type": "read", "room": 1, "seq": seq}


def test_a_reply_at_one_node_is_told_to_who_follows_at_the_other(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    with pair.at_two(ann).chat() as writer, bob.chat() as other, ann.chat() as phone:
        root = writer.post("root")["message"]
        other.send({"type": "post", "key": "r", "room": 1, "source": "a reply", "reply_to": root})
        seq = other.answer("r")["seq"]
        for chat in (writer, phone):
            stands = chat.next("thread", lambda frame: frame["thread"] == root)
            assert stands["following"]
            assert stands["read"] < seq
        writer.send({"type": "read", "room": 1, "seq": seq, "thread": root})
        assert phone.next("read") == {"type": "read", "room": 1, "seq": seq, "thread": root}


def test_a_reader_goes_on_at_the_other_node_where_it_stopped(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    with bob.chat() as writer:
        with ann.chat() as chat:
            first = Window(chat)
            number = writer.post("before")["message"]
            first.see(number)
        writer.send({"type": "edit", "key": "e", "message": number, "source": "meanwhile"})
        writer.answer("e")
        writer.post("meanwhile too")
        cursor = first.mirror.cursor
        assert cursor is not None
        with pair.at_two(ann).chat(cursors={1: cursor}, epoch=chat.welcome["epoch"]) as chat:
            second = Window(chat, first.mirror)
            second.see(writer.post("after")["message"])
    assert second.mirror.texts()[-3:] == ["meanwhile", "meanwhile too", "after"]
    fresh = load(bob)
    assert all(fresh[number] == message for number, message in second.mirror.messages.items())


def test_one_key_at_both_nodes_at_the_same_moment_is_stored_once(pair: Pair) -> None:
    ann = pair.register("Ann")
    keys = [uuid.uuid4().hex for _ in range(20)]
    together = threading.Barrier(2)

    def post_all(person: Person) -> list[tuple[int, int]]:
        with person.chat() as chat:
            found = []
            for key in keys:
                together.wait(20)
                answer = chat.post("only once", key=key)
                found.append((answer["message"], answer["seq"]))
            return found

    with ThreadPoolExecutor(2) as pool:
        here, there = pool.map(post_all, [ann, pair.at_two(ann)])
    assert here == there
    assert [message["source"] for message in load(ann).values()].count("only once") == len(keys)


def test_writers_at_both_nodes_and_readers_at_both_end_with_one_log(pair: Pair) -> None:
    writers = [pair.register("Writer"), pair.at_two(pair.register("Writer"))]

    def write(person: Person) -> int:
        with person.chat() as chat:
            for number in range(25):
                message = chat.post(f"{number}")["message"]
                chat.send({"type": "react", "key": f"r{number}", "message": message, "emoji": "👍", "on": True})
                if number % 3 == 0:
                    chat.send({"type": "edit", "key": f"e{number}", "message": message, "source": "edited"})
                    chat.answer(f"e{number}")
                if number % 5 == 0:
                    chat.send({"type": "delete", "key": f"d{number}", "message": message})
                    chat.answer(f"d{number}")
            return int(chat.post("the end")["seq"])

    def read(chat: Chat) -> Mirror:
        mirror = Mirror()
        while mirror.texts().count("the end") < len(writers):
            mirror.take(chat.receive())
        return mirror

    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        readers = [pair.register("Reader"), pair.at_two(pair.register("Reader"))]
        chats = [stack.enter_context(reader.chat()) for reader in readers]
        mirrors = [pool.submit(read, chat) for chat in chats]
        last = max(pool.map(write, writers))
        fresh = load(readers[0])
        for mirror in (each.result() for each in mirrors):
            assert mirror.cursor == last
            assert all(fresh[number] == message for number, message in mirror.messages.items())
    changes = sorted(message["changed_seq"] for message in fresh.values())
    assert len(set(changes)) == len(changes)
    assert changes[-1] == last


def test_who_signs_out_at_one_node_is_out_at_the_other_at_once(pair: Pair) -> None:
    for person, end in sign_outs(pair):
        with pair.at_two(person).chat() as chat:
            assert end().is_success
            assert closed_with(chat, 5) == SIGNED_OUT


def test_a_cookie_of_one_node_opens_the_other(pair: Pair) -> None:
    ann = pair.register("Ann")
    form = {"nickname": ann.nickname, "password": PASSWORD}
    answer = httpx.post(f"{pair.one.url}/sign-in", json=form, headers={"Origin": pair.one.url})
    assert answer.is_success, answer.text
    users = httpx.get(f"{pair.two.url}/api/users", cookies={"parley": answer.cookies["parley"]})
    assert users.status_code == 200, users.text


def test_both_nodes_tell_the_same_of_who_is_online(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.at_two(pair.register("Bob"))
    with bob.chat() as watcher, ann.chat():
        came(watcher, ann)
        with pair.at_two(pair.register("Late")).chat() as late:
            assert ann.id in {user["id"] for user in late.welcome["users"] if user["online"]}
            assert late.welcome["online"] >= 3
        for person in (ann, bob):
            users = person.get("/api/users", online=1).json()["users"]
            assert {ann.id, bob.id} <= {user["id"] for user in users}
        until(lambda: ann.get("/stats").json()["online"] == bob.get("/stats").json()["online"] >= 2)


def test_who_is_at_both_nodes_stays_while_one_socket_is_left_and_who_moves_does_not_flicker(pair: Pair) -> None:
    ann, bob, eve = pair.register("Ann"), pair.register("Bob"), pair.register("Eve")
    with pair.register("Watcher").chat() as here, pair.at_two(pair.register("Watcher")).chat() as there:
        ann_here, bob_here, ann_there, eve_there = (
            ann.chat(),
            bob.chat(),
            pair.at_two(ann).chat(),
            pair.at_two(eve).chat(),
        )
        for watcher in (here, there):
            for person in (ann, bob, eve):
                came(watcher, person)
        ann_here.close()
        bob_here.close()
        went(here, bob)
        went(there, bob)
        ann_there.close()
        eve_there.close()
        ann_here = ann.chat()  # she moves; Eve, who leaves at the same moment, shows when the grace is over
        went(here, eve)
        went(there, eve)
        assert told_of(here, ann) == told_of(there, ann) == [True]
        ann_here.close()


def test_in_a_crowd_who_watches_at_one_node_hears_of_the_other(pair: Pair) -> None:
    ann, bob, eve = pair.register("Ann"), pair.register("Bob"), pair.register("Eve")
    with ann.chat() as watcher, pair.at_two(ann).chat() as other:
        with busy_node(pair, watcher.welcome["epoch"]):
            for chat in (watcher, other):
                chat.next("heads", lambda frame: frame["online"] > SHOWN)
            watcher.send({"type": "watch", "users": [bob.id]})
            assert not watcher.next("presence", lambda frame: frame["user"] == bob.id)["online"]
            there = pair.at_two(eve).chat(), pair.at_two(bob).chat()
            came(watcher, bob)
            other.next("heads", lambda frame: frame["online"] > SHOWN + 3)
            assert told_of(watcher, eve) == told_of(other, bob) == told_of(other, eve) == []
        for chat in (watcher, other):  # the busy node has gone, and few are left: everybody is told of all
            came(chat, eve)
            came(chat, bob)
        for each in there:
            each.close()


def test_typing_at_one_node_is_seen_at_the_other(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.at_two(pair.register("Bob"))
    with ann.chat() as writer, bob.chat() as chat:
        reader = Window(chat)
        writer.next("log")
        reader.see(writer.post("now both listen")["message"])
        writer.send({"type": "typing", "room": 1})
        assert chat.next("typing") == {"type": "typing", "room": 1, "user": ann.id}


def test_the_people_of_a_node_that_stops_move_to_the_other_without_a_flicker(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    with pair.register("Watcher").chat() as watcher:
        ann_there, bob_there = pair.at_two(ann).chat(), pair.at_two(bob).chat()
        for person in (ann, bob):
            came(watcher, person)
        with ThreadPoolExecutor(1) as pool:
            stopped = pool.submit(pair.two.stop)
            assert closed_with(ann_there, 10) == 1012
            with ann.chat():
                assert closed_with(bob_there, 10) == 1012
                assert stopped.result() == 0
                pair.two.start()
                went(watcher, bob)
                assert told_of(watcher, ann) == [True]


def test_a_node_that_is_killed_takes_its_people_offline_and_loses_nothing(pair: Pair) -> None:
    ann, bob = pair.register("Ann"), pair.register("Bob")
    with bob.chat() as watcher:
        dying = pair.at_two(ann).chat()
        came(watcher, ann)
        acked = dying.post("last words")
        pair.two.kill()
        try:
            went(watcher, ann)
            missed = watcher.post("where are you?")["message"]
            with bob.chat() as fresh:
                window = Window(fresh)
                window.see(acked["message"])  # the node may just be about to read what it did not hear
                window.see(missed)
        finally:
            pair.two.start()
        with pair.at_two(ann).chat(cursors={1: acked["seq"]}, epoch=dying.welcome["epoch"]) as chat:
            back = Window(chat, Mirror(acked["seq"]))
            assert missed in back.mirror.messages
            came(watcher, ann)
            back.see(watcher.post("there you are")["message"])
