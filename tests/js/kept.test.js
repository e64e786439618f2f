import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../parley/faces/web/static/js/conversation.js";

const message = (id, more = {}) => ({
  ...{ id, room: 1, seq: id, changed_seq: id, kind: "text", author: 2, key: null, source: "" },
  ...{ created_at: "2026-01-01T12:00:00Z", ...more },
});
const shape = (head, more = {}) => ({ id: 1, name: "tea", kind: "public", head, read: 0, ...more });
const welcome = (...rooms) => ({ type: "welcome", epoch: "e", rooms, users: [], online: 1 });
const log = (from, to, messages, more = {}) => ({ type: "log", room: 1, from, to, messages, ...more });
const fresh = () => new Conversation(1, 1, { tab: "a", shelf: { put() {}, remove() {} }, entries: [] });
const shown = (conversation) => conversation.rows(0).map(({ message: { id } }) => id);

/** A page that has come to message 4, the second of which was deleted; and what it keeps of that. */
function kept(limit = 50, more = {}) {
  const conversation = fresh();
  conversation.receive(welcome(shape(4, more)), 0);
  const messages = [message(1), message(2, { deleted_at: "…" }), message(3), message(4)];
  conversation.receive(log(0, 4, messages, { reset: true, older: false }), 0);
  conversation.open.position.advance(3);
  return JSON.parse(JSON.stringify({ epoch: "e", recent: true, rooms: [conversation.open.keep(limit)] }));
}

/** A page that begins with what was kept. */
function resumed(what = kept()) {
  const conversation = fresh();
  conversation.restore(what);
  return conversation;
}

test("what was kept is shown at once, and only what is new is asked for", () => {
  const conversation = resumed();
  const { open } = conversation;
  assert.deepEqual([shown(conversation), open.name, open.read, open.timeline.older], [[1, 3, 4], "tea", 3, false]);
  assert.deepEqual(conversation.hello(), { type: "hello", cursors: { 1: 4 }, epoch: "e" });
});

test("no more is kept than the newest, and what is before them can be loaded", () => {
  const conversation = resumed(kept(2));
  assert.deepEqual([shown(conversation), conversation.open.timeline.older], [[3, 4], true]);
  assert.equal(conversation.open.timeline.history({ before: 3, generation: conversation.open.timeline.generation, messages: [message(1)], more: false }), true);
  assert.deepEqual(shown(conversation), [1, 3, 4]);
});

test("a room without its first page is not kept", () => {
  const conversation = fresh();
  conversation.receive(welcome(shape(4)), 0);
  assert.equal(conversation.open.keep(50), null);
});

test("after long, all is asked for as on a first visit, and what was kept is shown until it comes", () => {
  const conversation = resumed({ ...kept(), recent: false });
  assert.deepEqual([conversation.hello().cursors, shown(conversation)], [{}, [1, 3, 4]]);
  conversation.receive(welcome(shape(900)), 0);
  const { begun, arrived } = conversation.receive(log(0, 900, [message(900)], { reset: true, older: true }), 0);
  assert.deepEqual([begun, arrived, shown(conversation)], [true, [], [900]]);
  assert.deepEqual(conversation.hello().cursors, { 1: 900 });
});

test("the visit begins when the log has come as far as the server's, and what was missed is no news", () => {
  const conversation = resumed();
  assert.equal(conversation.receive(welcome(shape(6)), 0).begun, false);
  const first = conversation.receive(log(4, 5, [message(5)], { more: true }), 0);
  const last = conversation.receive(log(5, 6, [message(6)]), 0);
  assert.deepEqual([first.begun, first.arrived, last.begun, last.arrived], [false, [], true, []]);
  const live = conversation.receive({ type: "message", room: 1, seq: 7, message: message(7) }, 0);
  assert.deepEqual([live.begun, live.arrived.map(({ id }) => id)], [false, [7]]);
});

test("when nothing is new the visit begins with the welcome", () => {
  assert.equal(resumed().receive(welcome(shape(4)), 0).begun, true);
});

test("a room that this person is out of is gone with the welcome", () => {
  const conversation = resumed();
  const { left } = conversation.receive(welcome(shape(1, { id: 2 })), 0);
  assert.equal(left?.id, 1);
  assert.deepEqual([...conversation.rooms.keys()], [2]);
});

test("whoever was let in anew sees of what was kept only what their seat shows", () => {
  const later = resumed();
  later.receive(welcome(shape(4, { since: 3 })), 0);
  assert.deepEqual([shown(later), later.open.timeline.older], [[4], false]);
  const earlier = resumed(kept(50, { since: 2 }));
  earlier.receive(welcome(shape(4)), 0);
  assert.deepEqual(earlier.open.timeline.older, true, "there is history now that was not to be seen");
});
