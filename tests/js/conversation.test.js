import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../parley/faces/web/static/js/conversation.js";

const ME = 1;
const message = (id, seq, more = {}) => ({
  ...{ id, room: 1, seq, changed_seq: seq, kind: "text", author: 2, key: null, source: "" },
  ...{ created_at: "2026-01-01T12:00:00Z", ...more },
});
const shape = (id, more = {}) => ({ id, name: `room ${id}`, kind: "public", head: 0, read: 0, ...more });
const welcome = (epoch, ...rooms) => ({ type: "welcome", epoch, rooms: rooms.length ? rooms : [shape(1)], users: [], online: 1 });
const newest = (to, messages) => ({ type: "log", room: 1, from: 0, to, messages, reset: true, older: false });
const event = (state) => ({ type: "message", room: 1, seq: state.changed_seq, message: state });
const post = { type: "post", key: "k", room: 1, source: "hello" };

/** A conversation that has come to message 2. */
function begun() {
  const shelf = { put() {}, remove() {} };
  const conversation = new Conversation(ME, 1, { tab: "a", shelf, entries: [] });
  conversation.receive(welcome("e"), 0);
  conversation.receive(newest(2, [message(1, 1), message(2, 2)]), 0);
  return conversation;
}

const shown = (conversation) => conversation.rows(0).map((row) => [row.message.id, row.stored]);

test("hello says how far it came, and in which life of the log", () => {
  const conversation = new Conversation(ME, 1, { tab: "a", shelf: {}, entries: [] });
  assert.deepEqual(conversation.hello(), { type: "hello", cursors: {}, epoch: "" });
  assert.deepEqual(begun().hello(), { type: "hello", cursors: { 1: 2 }, epoch: "e" });
});

test("in another life of the log the cursor counts for nothing, even if the first page never came", () => {
  const conversation = begun();
  conversation.receive(welcome("another"), 0);
  assert.deepEqual(conversation.hello(), { type: "hello", cursors: {}, epoch: "another" });
});

test("a log that ends earlier is waited for no longer, and what was read in it counts for nothing", () => {
  const conversation = begun();
  conversation.open.position.advance(2);
  conversation.add(post, 0);
  conversation.outbox.take(0, 0);
  conversation.receive({ type: "ack", key: "k", room: 1, seq: 3, message: 3 }, 0);
  conversation.receive(welcome("e"), 0);
  conversation.receive(newest(1, [message(1, 1)]), 0); // a file put back
  assert.deepEqual(shown(conversation), [[1, true]]);
  assert.equal(conversation.open.read, 0);
  conversation.open.position.advance(1);
  conversation.receive(welcome("another"), 0);
  assert.equal(conversation.open.read, 0);
});

test("the same life again keeps the cursor", () => {
  const conversation = begun();
  conversation.receive(welcome("e"), 0);
  assert.deepEqual(conversation.hello().cursors, { 1: 2 });
});

test("new messages are news; history, changes and repetitions are not", () => {
  const conversation = begun();
  const arrived = (frame) => conversation.receive(frame, 0).arrived.map(({ id }) => id);
  assert.deepEqual(arrived(event(message(3, 3))), [3]);
  assert.deepEqual(arrived(event(message(3, 3))), []);
  assert.deepEqual(arrived(event(message(1, 1, { changed_seq: 4 }))), []);
  const missed = [message(2, 2, { changed_seq: 5 }), message(4, 6)];
  assert.deepEqual(arrived({ type: "log", room: 1, from: 4, to: 6, messages: missed }), [4]);
  assert.deepEqual(arrived(newest(9, [message(5, 9)])), []);
});

test("a message calls once: when it comes, and when an edit mentions this person", () => {
  const conversation = begun();
  const called = (frame) => conversation.receive(frame, 0).called.map(({ id }) => id);
  const mentions = [{ user: ME, seq: 5 }];
  assert.deepEqual(called(event(message(3, 3))), [3]);
  assert.deepEqual(called(event(message(3, 3, { changed_seq: 4 }))), []); // a reaction
  assert.deepEqual(called(event(message(3, 3, { changed_seq: 5, mentions }))), [3]);
  assert.deepEqual(called(event(message(3, 3, { changed_seq: 6, mentions }))), []);
  assert.deepEqual(called(event(message(2, 2, { changed_seq: 7, mentions: [{ user: 9, seq: 7 }] }))), []); // somebody else
  const missed = [message(1, 1, { changed_seq: 8, mentions: [{ user: null, seq: 8 }] }), message(3, 3, { changed_seq: 9, mentions })];
  assert.deepEqual(called({ type: "log", room: 1, from: 7, to: 9, messages: missed }), [1]);
});

test("what is in a followed thread is read there, and everything else in the room", () => {
  const conversation = begun();
  const reply = message(3, 3, { reply_to: 1 });
  const stand = (more) => conversation.receive({ type: "thread", room: 1, thread: 1, following: true, read: 2, ...more }, 0);
  conversation.receive(event(reply), 0);
  conversation.receive({ type: "read", room: 1, seq: 3 }, 0);
  assert.equal(conversation.readTo(reply), 3);
  stand({});
  assert.equal(conversation.readTo(reply), 2); // with its reply the server says that it is followed
  assert.equal(conversation.readTo(message(2, 2)), 3);
  conversation.receive({ type: "read", room: 1, seq: 3, thread: 1 }, 0);
  assert.equal(conversation.readTo(reply), 3);
  stand({ following: false });
  assert.equal(conversation.threads.follows(1), false);
  assert.equal(conversation.readTo(message(9, 9, { room: 99 })), Infinity);
});

test("frames of a room that is none of this person's change nothing", () => {
  const conversation = begun();
  conversation.receive({ ...event(message(3, 3)), room: 2 }, 0);
  conversation.receive({ ...newest(9, []), room: 2 }, 0);
  conversation.receive({ type: "ack", key: "k", room: 2, seq: 50, message: 1 }, 0);
  assert.deepEqual([conversation.open.timeline.cursor, conversation.open.timeline.behind], [2, false]);
});

test("an ack and a heartbeat tell of what has not come", () => {
  for (const frame of [
    { type: "ack", key: "k", room: 1, seq: 3, message: 3 },
    { type: "heads", heads: { 1: 3 } },
  ]) {
    const conversation = begun();
    conversation.receive(frame, 0);
    assert.ok(conversation.open.timeline.behind);
    conversation.receive(event(message(3, 3)), 0);
    assert.equal(conversation.open.timeline.behind, false);
  }
});

test("a post is one row from the first moment on: waiting, acknowledged, stored", () => {
  const stored = message(3, 3, { author: ME, key: "k" });
  const ack = { type: "ack", key: "k", room: 1, seq: 3, message: 3 };
  for (const frames of [
    [ack, event(stored)],
    [event(stored), ack],
  ]) {
    const conversation = begun();
    conversation.add(post, 0);
    conversation.outbox.take(0, 0);
    assert.deepEqual(shown(conversation).at(-1), [0, false]);
    for (const frame of frames) {
      conversation.receive(frame, 0);
      assert.equal(shown(conversation).length, 3);
    }
    assert.deepEqual(shown(conversation).at(-1), [3, true]);
  }
});

test("somebody else's message with the same key is not mine", () => {
  const conversation = begun();
  conversation.add(post, 0);
  conversation.receive(event(message(3, 3, { author: 2, key: "k" })), 0);
  assert.deepEqual(shown(conversation).at(-1), [0, false]);
});

test("a refusal without a key belongs to no command", () => {
  const conversation = begun();
  conversation.add(post, 0);
  conversation.outbox.take(0, 0);
  assert.equal(conversation.receive({ type: "error", code: "rate_limited", detail: "No." }, 0).answered, false);
  assert.equal(conversation.outbox.take(0, 0), null);
});

test("the last message of one's own is a person's message", () => {
  const conversation = begun();
  assert.equal(conversation.lastOwn, null);
  conversation.receive(event(message(3, 3, { author: ME })), 0);
  conversation.receive(event(message(4, 4, { author: ME, kind: "join" })), 0);
  assert.equal(conversation.lastOwn.id, 3);
});

/** Rooms 1, with two messages of somebody else, and 2, with three; room 1 is shown, and nothing is read. */
function inTwoRooms() {
  const conversation = begun();
  conversation.receive({ type: "room", room: shape(2, { head: 3 }) }, 0);
  const three = [11, 12, 13].map((id) => message(id, id - 10, { room: 2 }));
  conversation.receive({ ...newest(3, three), room: 2 }, 0);
  return conversation;
}

test("each room has its own log, and hello asks for all of them", () => {
  const conversation = inTwoRooms();
  assert.deepEqual(conversation.hello().cursors, { 1: 2, 2: 3 });
  conversation.receive({ ...event(message(14, 4, { room: 2 })), room: 2 }, 0);
  assert.deepEqual(shown(conversation).map(([id]) => id), [1, 2]);
  assert.equal(conversation.enter(2), true);
  assert.deepEqual(shown(conversation).map(([id]) => id), [11, 12, 13, 14]);
  assert.deepEqual([conversation.enter(2), conversation.enter(3)], [false, false]);
});

test("what waits is shown in its own room, a refused change as well", () => {
  const conversation = inTwoRooms();
  conversation.add(post, 0);
  conversation.add({ type: "edit", key: "e", message: 99, source: "words" }, 0);
  conversation.outbox.take(0, 0);
  conversation.receive({ type: "ack", key: "k", room: 1, seq: 3, message: 3 }, 0);
  conversation.outbox.take(0, 0);
  conversation.receive({ type: "error", key: "e", code: "denied", detail: "No." }, 0);
  assert.equal(shown(conversation).length, 4);
  conversation.enter(2);
  assert.equal(shown(conversation).length, 3, "room 2 has come to seq 3 and further, which says nothing about room 1");
  conversation.enter(1);
  assert.equal(shown(conversation).length, 4);
});

test("whoever is out of a room keeps nothing of it", () => {
  for (const out of [{ type: "left", room: 2 }, welcome("e", shape(1))]) {
    const conversation = inTwoRooms();
    conversation.enter(2);
    conversation.add({ ...post, room: 2 }, 0);
    const { left } = conversation.receive(out, 0);
    assert.equal(left.id, 2);
    assert.deepEqual([[...conversation.rooms.keys()], conversation.outbox.entries(0)], [[1], []]);
    conversation.receive({ ...event(message(14, 4, { room: 2 })), room: 2 }, 0);
    assert.equal(conversation.rooms.has(2), false);
  }
});

test("a room that has changed keeps its log", () => {
  const conversation = inTwoRooms();
  conversation.receive({ type: "room", room: shape(1, { name: "renamed", topic: "why", archived: true }) }, 0);
  const { name, topic, archived } = conversation.open;
  assert.deepEqual([name, topic, archived, shown(conversation).length], ["renamed", "why", true, 2]);
});

test("a room follows what it says of itself, live or after a pause, and not what it said long ago", () => {
  const conversation = inTwoRooms();
  const say = (seq, kind, source = "") => conversation.receive(event(message(seq, seq, { kind, source })), 0);
  const is = () => [conversation.open.name, conversation.open.topic, conversation.open.archived];
  say(3, "renamed", "tea");
  say(4, "topic", "leaves");
  say(5, "archived");
  assert.deepEqual(is(), ["tea", "leaves", true]);
  const missed = [message(6, 6, { kind: "unarchived" }), message(7, 7, { kind: "renamed", source: "green tea" })];
  conversation.receive({ type: "log", room: 1, from: 5, to: 7, messages: missed }, 0);
  assert.deepEqual(is(), ["green tea", "leaves", false]);
  conversation.receive(newest(7, [message(3, 3, { kind: "renamed", source: "tea" })]), 0);
  assert.deepEqual(is(), ["green tea", "leaves", false], "the server has said how it is now");
});

test("one is behind as long as any room is", () => {
  const conversation = inTwoRooms();
  conversation.receive({ type: "heads", heads: { 1: 2, 2: 4 } }, 0);
  assert.ok(conversation.behind);
  conversation.receive({ ...event(message(14, 4, { room: 2 })), room: 2 }, 0);
  assert.equal(conversation.behind, false);
});
