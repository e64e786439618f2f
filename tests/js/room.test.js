import assert from "node:assert/strict";
import { test } from "node:test";
import { figure } from "../../parley/faces/web/static/js/badge.js";
import { Room } from "../../parley/faces/web/static/js/room.js";
import { sentence } from "../../parley/faces/web/static/js/events.js";

const ME = 1;
const message = (seq, more = {}) => ({ id: seq, seq, changed_seq: seq, kind: "text", author: 2, key: null, ...more });

/** A room of which messages `first` to `last` are loaded. */
function room(first, last, { read = 0, more = [] } = {}) {
  const it = new Room(1, ME);
  it.learn({ id: 1, name: "one", kind: "public", head: last, read });
  const messages = Array.from({ length: last - first + 1 }, (_, at) => message(first + at, more[at]));
  it.timeline.log({ type: "log", room: 1, from: 0, to: last, messages, reset: true, older: first > 1 });
  return it;
}

test("unread is what others wrote above the read position", () => {
  const more = [{}, { author: ME }, { kind: "joined" }, { deleted_at: "2026-01-01T00:00:00Z" }, {}];
  assert.deepEqual(room(1, 5, { more }).unread, { count: 2, more: false });
  assert.deepEqual(room(1, 5, { more, read: 4 }).unread, { count: 1, more: false });
  assert.deepEqual(room(1, 5, { more, read: 5 }).unread, { count: 0, more: false });
});

test("beyond what is loaded there may be more, and the count says so", () => {
  assert.deepEqual(room(5, 9, { read: 2 }).unread, { count: 5, more: true });
  assert.deepEqual(room(5, 9, { read: 4 }).unread, { count: 5, more: false });
  assert.deepEqual([figure({ count: 5, more: true }), figure({ count: 1000, more: false }), figure({ count: 0, more: false })], ["5+", "999+", ""]);
});

test("the count follows an edit, a deletion and a new message", () => {
  const it = room(1, 3, { read: 1 });
  const change = (state) => it.timeline.event({ type: "message", room: 1, seq: state.changed_seq, message: state });
  change(message(4));
  assert.equal(it.unread.count, 3);
  change({ ...message(1), changed_seq: 5 });
  assert.equal(it.unread.count, 3, "a change of what was read is not news");
  change({ ...message(3), changed_seq: 6, deleted_at: "2026-01-01T00:00:00Z" });
  assert.equal(it.unread.count, 2);
});

test("beyond what is loaded the server counts, and the log goes on from there", () => {
  const it = room(50, 99, { read: 10 });
  const count = { head: 99, read: 10, generation: 0, unread: 80, loaded: it.timeline.generation };
  it.count({ ...count, generation: 1 });
  assert.equal(it.unread.more, true, "of another position");
  it.count(count);
  assert.deepEqual(it.unread, { count: 80, more: false });
  const change = (state) => it.timeline.event({ type: "message", room: 1, seq: state.changed_seq, message: state });
  const gone = { deleted_at: "2026-01-01T00:00:00Z" };
  change(message(100));
  change(message(101, { author: ME }));
  change(message(102, { reply_to: 7 }));
  assert.equal(it.unread.count, 81);
  change(message(20, { changed_seq: 103, ...gone }));
  change(message(60, { changed_seq: 104, ...gone }));
  change(message(100, { changed_seq: 105, ...gone }));
  change(message(5, { changed_seq: 106, ...gone }));
  change(message(21, { changed_seq: 107, author: ME, ...gone }));
  assert.equal(it.unread.count, 78, "two of those that were counted are gone, and the one that came");
  it.timeline.trim(10);
  assert.equal(it.unread.more, true, "what was deleted is forgotten too");
});

test("an answer that is ahead of the log, or behind it, counts nothing twice", () => {
  const it = room(50, 99, { read: 10 });
  it.count({ head: 101, read: 10, generation: 0, unread: 79, loaded: it.timeline.generation }); // 20 is deleted, 101 new
  const change = (state) => it.timeline.event({ type: "message", room: 1, seq: state.changed_seq, message: state });
  change(message(20, { changed_seq: 100, deleted_at: "2026-01-01T00:00:00Z" }));
  change(message(101));
  assert.deepEqual(it.unread, { count: 79, more: false });
  change(message(102));
  assert.equal(it.unread.count, 80);
});

test("the read position never goes backward, whoever speaks last", () => {
  const it = room(1, 9, { read: 5 });
  assert.deepEqual([it.position.advance(3), it.position.advance(7), it.position.advance(6)], [false, true, false]);
  it.learn({ id: 1, name: "one", kind: "public", head: 9, read: 4 });
  assert.equal(it.read, 7, "the server has not heard of it yet");
});

test("a mark sets it back, on every device, and what was read before is late", () => {
  const it = room(1, 9, { read: 9 });
  it.mark(4);
  assert.deepEqual([it.read, it.line, it.held, it.unread.count], [3, 3, true, 6]);
  it.hear({ seq: 9, generation: 0 });
  assert.equal(it.read, 3);
  it.hear({ seq: 3, generation: 1 });
  it.hear({ seq: 7, generation: 2 });
  assert.deepEqual([it.read, it.line], [7, 7], "somebody marked another message at another device");
  it.hear({ seq: 2, generation: 3 });
  assert.deepEqual([it.read, it.unread.count], [2, 7]);
});

test("a mark that was lost on the way is told again, what was read after it too, and nothing that was heard", () => {
  const it = room(1, 9, { read: 9 });
  const sent = [];
  const tell = (works = true) => {
    it.position.tell(1, (frame) => works && sent.push(frame) > 0);
    return sent.splice(0).map(({ type, seq, generation }) => [type, seq, generation]);
  };
  it.mark(4);
  assert.deepEqual(tell(false), []);
  assert.deepEqual(tell(), [["unread", 4, undefined]]);
  it.position.advance(6);
  assert.deepEqual(tell(), [["read", 6, 1]]);
  it.position.doubt();
  assert.deepEqual(tell(), [["unread", 4, undefined], ["read", 6, 1]]);
  it.hear({ seq: 6, generation: 1 });
  it.position.doubt();
  assert.deepEqual(tell(), []);
});

test("the line stands during the visit where the reader left off", () => {
  const it = room(1, 9, { read: 5 });
  it.visit();
  it.position.advance(9);
  assert.equal(it.line, 5);
  it.leave();
  it.visit();
  assert.equal(it.line, Infinity);
});

test("what a room says of itself is a sentence", () => {
  const nameOf = (id) => ({ 2: "Ana", 3: "Ben" })[id] ?? "";
  const said = (kind, source = "", author = 2) => sentence({ kind, source, author }, nameOf);
  assert.equal(said("joined"), "Ana joined");
  assert.equal(said("invited", "3"), "Ana invited Ben");
  assert.equal(said("removed", "3"), "Ana removed Ben");
  assert.equal(said("renamed", "plans"), "Ana called the room “plans”");
  assert.equal(said("topic"), "Ana removed the topic");
  assert.equal(said("role", "3 owner"), "Ana made Ben an owner");
  assert.equal(said("left", "", 9), "Somebody left", "a name that is not known yet");
  assert.equal(said("join", "Zoë joined"), "Zoë joined", "older entries, and kinds to come, say it themselves");
});
