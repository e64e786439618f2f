import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../parley/faces/web/static/js/conversation.js";
import { Thread } from "../../parley/faces/web/static/js/thread.js";
import { Threads } from "../../parley/faces/web/static/js/threads.js";

const ME = 1;
const message = (id, seq, more = {}) => ({
  ...{ id, room: 1, seq, changed_seq: seq, kind: "text", author: 2, key: null, source: "" },
  ...{ created_at: "2026-01-01T12:00:00Z", ...more },
});
const reply = (id, seq, more = {}) => message(id, seq, { reply_to: 7, ...more });
const stand = (threads, more = {}) => threads.stand({ room: 1, thread: 7, following: true, read: 10, ...more });

/** A thread that is followed and read to 10. */
function followed() {
  const threads = new Threads(ME);
  stand(threads);
  return threads;
}

test("others' replies in a followed thread are new until they are read", () => {
  const threads = followed();
  threads.take(reply(20, 9));
  threads.take(reply(21, 11, { author: ME }));
  threads.take(message(22, 12));
  assert.equal(threads.count, 0);
  threads.take(reply(23, 13));
  threads.take(reply(24, 14));
  assert.equal(threads.count, 1);
  assert.equal(threads.isUnread(7), true);
  assert.equal(threads.read(7, 13), true);
  assert.equal(threads.isUnread(7), true);
  assert.equal(threads.read(7, 12), false); // never backward
  assert.equal(threads.read(7, 14), true);
  assert.equal(threads.count, 0);
  threads.take(reply(24, 14, { changed_seq: 15 })); // an edit makes nothing new again
  assert.equal(threads.isUnread(7), false);
});

test("what is deleted is not new", () => {
  const threads = followed();
  threads.take(reply(23, 13));
  threads.take(reply(24, 14));
  threads.take(reply(24, 14, { deleted_at: "2026-01-01T12:01:00Z" }));
  assert.equal(threads.isUnread(7), true);
  threads.take(reply(23, 13, { deleted_at: "2026-01-01T12:01:00Z" }));
  assert.equal(threads.isUnread(7), false);
});

test("nobody hears of threads they do not follow, and of one they do also when the log was faster", () => {
  const threads = new Threads(ME);
  threads.take(reply(23, 13));
  threads.take(reply(24, 14));
  assert.equal(threads.count, 0);
  stand(threads);
  assert.equal(threads.count, 1);
  stand(threads, { following: false });
  assert.equal(threads.count, 0);
  assert.equal(threads.read(7, 20), false);
});

test("a welcome says it all anew, and a lost seat takes its threads along", () => {
  const threads = followed();
  threads.take(reply(23, 13));
  threads.begin({ threads: [{ id: 8, room: 2, read: 3, seq: 5 }], more_threads: 4 });
  assert.equal(threads.isUnread(7), false);
  assert.equal(threads.isUnread(8), true);
  assert.equal(threads.count, 5);
  threads.leave(2);
  assert.equal(threads.count, 4);
  threads.begin({});
  assert.equal(threads.count, 0);
});

test("a thread is merged from pages and changes in any order", () => {
  const thread = new Thread(7);
  thread.take(reply(23, 13, { changed_seq: 16, source: "edited" }));
  thread.take(message(9, 4, { reply_to: 8 }));
  assert.deepEqual(thread.list(), []);
  thread.page({ messages: [reply(22, 12), reply(23, 13), reply(24, 14)], more: true });
  assert.deepEqual(thread.list().map(({ id }) => id), [22, 23, 24]);
  assert.equal(thread.list()[1].source, "edited");
  assert.equal(thread.older, true);
  thread.take(reply(20, 10, { changed_seq: 17 })); // older than what is loaded
  assert.equal(thread.list().length, 3);
  thread.page({ messages: [reply(20, 10), reply(21, 11)], more: false });
  assert.deepEqual(thread.list().map(({ id }) => id), [20, 21, 22, 23, 24]);
  assert.equal(thread.older, false);
  thread.take(reply(24, 14, { changed_seq: 18, deleted_at: "2026-01-01T12:01:00Z" }));
  assert.equal(thread.end, 13);
  thread.take(message(7, 5, { changed_seq: 19 }));
  thread.take(message(7, 5, { changed_seq: 6, source: "late" }));
  assert.equal(thread.root.source, "");
});

test("replies stand in their thread, pending ones as well, and not in the room", () => {
  const conversation = new Conversation(ME, 1, { tab: "a", shelf: { put() {}, remove() {} }, entries: [] });
  const shape = { id: 1, name: "tea", kind: "public", head: 0, read: 0 };
  conversation.receive({ type: "welcome", epoch: "e", rooms: [shape], users: [], online: 1 }, 0);
  const root = message(7, 1);
  const news = conversation.receive(
    { type: "log", room: 1, from: 0, to: 3, messages: [root, reply(8, 2), message(9, 3)], reset: true, older: false },
    0,
  );
  assert.equal(news.reset, 1);
  const thread = new Thread(7);
  news.changed.forEach((each) => thread.take(each));
  thread.page({ messages: [], more: false });
  conversation.add({ type: "post", key: "k", room: 1, source: "mine", reply_to: 7 }, 0);
  conversation.add({ type: "post", key: "l", room: 1, source: "aloud" }, 0);
  const ids = (rows) => rows.map(({ message: { id, source } }) => id || source);
  assert.deepEqual(ids(conversation.rows(0)), [7, 9, "aloud"]);
  assert.deepEqual(ids(conversation.replies(thread, 0, Infinity)), [7, 8, "mine"]);
  assert.deepEqual([...conversation.replying(0)], [7]);
  conversation.outbox.take(0, 0);
  const stored = reply(10, 4, { author: ME, key: "k" });
  conversation.receive({ type: "ack", key: "k", room: 1, seq: 4, message: 10 }, 0);
  conversation.receive({ type: "message", room: 1, seq: 4, message: stored }, 0).changed.forEach((each) => thread.take(each));
  assert.deepEqual(ids(conversation.replies(thread, 0, Infinity)), [7, 8, 10]);
  assert.deepEqual([...conversation.replying(0)], []);
  assert.equal(conversation.open.unread.count, 2); // the root and message 9, not the reply
});

test("a read position of a thread is none of the room", () => {
  const conversation = new Conversation(ME, 1, { tab: "a", shelf: { put() {}, remove() {} }, entries: [] });
  const shape = { id: 1, name: "tea", kind: "public", head: 9, read: 3 };
  conversation.receive({ type: "welcome", epoch: "e", rooms: [shape], users: [], online: 1, threads: [{ id: 7, room: 1, read: 2, seq: 5 }] }, 0);
  conversation.receive({ type: "read", room: 1, seq: 8, thread: 7 }, 0);
  assert.equal(conversation.open.read, 3);
  assert.equal(conversation.threads.count, 0);
});
