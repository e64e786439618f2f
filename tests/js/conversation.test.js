import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../parley/faces/web/static/js/conversation.js";

const ME = 1;
const message = (id, seq, more = {}) => ({
  ...{ id, room: 1, seq, changed_seq: seq, kind: "text", author: 2, key: null, source: "" },
  ...{ created_at: "2026-01-01T12:00:00Z", ...more },
});
const welcome = (epoch) => ({ type: "welcome", epoch, rooms: [], users: [], online: 1 });
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

const shown = (conversation) => conversation.rows(0, Infinity).map((row) => [row.message.id, row.stored]);

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

test("it says when the log is another one or ends earlier, and waits no longer for what was acknowledged there", () => {
  const setBack = (conversation, ...frames) => frames.map((frame) => conversation.receive(frame, 0).setBack);
  assert.deepEqual(setBack(begun(), welcome("e"), newest(3, [])), [false, false]);
  assert.deepEqual(setBack(begun(), welcome("another"), newest(3, [])), [true, false]);
  const conversation = begun();
  conversation.outbox.add(post, 0);
  conversation.outbox.take(0, 0);
  conversation.receive({ type: "ack", key: "k", room: 1, seq: 3, message: 3 }, 0);
  assert.deepEqual(setBack(conversation, welcome("e"), newest(1, [message(1, 1)])), [false, true], "a file put back");
  assert.deepEqual(shown(conversation), [[1, true]]);
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

test("frames of another room change nothing", () => {
  const conversation = begun();
  conversation.receive({ ...event(message(3, 3)), room: 2 }, 0);
  conversation.receive({ ...newest(9, []), room: 2 }, 0);
  conversation.receive({ type: "ack", key: "k", room: 2, seq: 50, message: 1 }, 0);
  assert.deepEqual([conversation.timeline.cursor, conversation.timeline.behind], [2, false]);
});

test("an ack and a heartbeat tell of what has not come", () => {
  for (const frame of [
    { type: "ack", key: "k", room: 1, seq: 3, message: 3 },
    { type: "heads", heads: { 1: 3 } },
  ]) {
    const conversation = begun();
    conversation.receive(frame, 0);
    assert.ok(conversation.timeline.behind);
    conversation.receive(event(message(3, 3)), 0);
    assert.equal(conversation.timeline.behind, false);
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
    conversation.outbox.add(post, 0);
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
  conversation.outbox.add(post, 0);
  conversation.receive(event(message(3, 3, { author: 2, key: "k" })), 0);
  assert.deepEqual(shown(conversation).at(-1), [0, false]);
});

test("a refusal without a key belongs to no command", () => {
  const conversation = begun();
  conversation.outbox.add(post, 0);
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
