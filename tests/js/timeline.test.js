import assert from "node:assert/strict";
import { test } from "node:test";
import { Timeline } from "../../parley/faces/web/static/js/timeline.js";

const message = (id, seq, changed = seq, more = {}) => ({ id, seq, changed_seq: changed, author: 2, key: null, ...more });
const page = (from, to, messages, more = {}) => ({ type: "log", room: 1, from, to, messages, ...more });
const newest = (to, messages, older = true) => page(0, to, messages, { reset: true, older });
const event = (state) => ({ type: "message", room: 1, seq: state.changed_seq, message: state });
const ids = (timeline) => timeline.list().map(({ id }) => id);

/** A room whose messages 5 to 7 are loaded, of which there are older ones. */
function loaded() {
  const timeline = new Timeline(1);
  timeline.log(newest(7, [message(5, 5), message(6, 6), message(7, 7)]));
  return timeline;
}

test("the newest page begins the timeline", () => {
  const timeline = loaded();
  assert.deepEqual(ids(timeline), [5, 6, 7]);
  assert.deepEqual([timeline.cursor, timeline.start, timeline.older, timeline.behind], [7, 5, true, false]);
});

test("an empty room has nothing older", () => {
  const timeline = new Timeline(1);
  timeline.log(newest(0, [], false));
  assert.deepEqual([timeline.cursor, timeline.start, timeline.older], [0, 0, false]);
  assert.equal(timeline.event(event(message(1, 1))), "applied");
});

test("the next event is applied, an earlier one is known, a later one leaves a gap", () => {
  const timeline = loaded();
  assert.equal(timeline.event(event(message(9, 9))), "gap");
  assert.ok(timeline.behind);
  assert.equal(timeline.event(event(message(8, 8))), "applied");
  assert.equal(timeline.event(event(message(8, 8))), "known");
  assert.deepEqual([timeline.cursor, timeline.behind], [8, true]);
  assert.equal(timeline.event(event(message(9, 9))), "applied");
  assert.equal(timeline.behind, false);
});

test("an edit changes the message in its place, and an older state does not come back", () => {
  const timeline = loaded();
  timeline.event(event(message(5, 5, 8, { source: "new" })));
  timeline.history({ before: 5, generation: timeline.generation, messages: [message(5, 5, 5)], more: false });
  assert.deepEqual(ids(timeline), [5, 6, 7]);
  assert.equal(timeline.find(5).source, "new");
});

test("a deleted message is gone", () => {
  const timeline = loaded();
  timeline.event(event(message(6, 6, 8, { deleted_at: "2026-01-01T00:00:00Z" })));
  assert.deepEqual(ids(timeline), [5, 7]);
});

test("a page of the log that begins above the cursor is not merged", () => {
  const timeline = loaded();
  assert.equal(timeline.log(page(8, 9, [message(9, 9)])), "gap");
  assert.deepEqual([timeline.cursor, timeline.behind], [7, true]);
});

test("a page that overlaps brings what is new in it, one from before nothing", () => {
  const timeline = loaded();
  assert.equal(timeline.log(page(5, 8, [message(6, 6), message(8, 8)])), "applied");
  assert.equal(timeline.log(page(5, 8, [message(6, 6)])), "known");
  assert.deepEqual(ids(timeline), [5, 6, 7, 8]);
});

test("without the newest page nothing can be merged, and the need for it is known", () => {
  const timeline = new Timeline(1);
  assert.equal(timeline.log(page(3, 5, [message(5, 5)])), "gap");
  assert.equal(timeline.event(event(message(6, 6))), "gap");
  assert.deepEqual([timeline.cursor, timeline.behind, timeline.older], [null, true, false]);
});

test("history is put above", () => {
  const timeline = loaded();
  const { generation } = timeline;
  assert.ok(timeline.history({ before: 5, generation, messages: [message(3, 3), message(4, 4)], more: true }));
  assert.deepEqual([ids(timeline), timeline.start], [[3, 4, 5, 6, 7], 3]);
  assert.ok(timeline.history({ before: 3, generation, messages: [message(1, 1), message(2, 2)], more: false }));
  assert.deepEqual([timeline.start, timeline.older], [0, false]);
  assert.equal(timeline.history({ before: 0, generation, messages: [], more: false }), false);
});

test("history that was read before a change does not undo it", () => {
  const timeline = loaded();
  const { generation } = timeline;
  timeline.event(event(message(4, 4, 8, { source: "new" }))); // older than the window: not shown yet
  assert.deepEqual(ids(timeline), [5, 6, 7]);
  timeline.history({ before: 5, generation, messages: [message(4, 4, 4, { source: "old" })], more: false });
  assert.equal(timeline.find(4).source, "new");
  assert.deepEqual(ids(timeline), [4, 5, 6, 7]);
});

test("history that knows more than the cursor is not undone by the events on their way", () => {
  const timeline = loaded();
  const { generation } = timeline;
  timeline.history({ before: 5, generation, messages: [message(4, 4, 9, { source: "newest" })], more: false });
  timeline.event(event(message(4, 4, 8, { source: "new" })));
  assert.equal(timeline.find(4).source, "newest");
  assert.equal(timeline.cursor, 8);
});

test("history that was asked for twice, or before a new beginning, is not merged", () => {
  const timeline = loaded();
  const asked = { before: 5, generation: timeline.generation, messages: [message(4, 4)], more: true };
  assert.ok(timeline.history(asked));
  assert.equal(timeline.history(asked), false);
  timeline.log(newest(9, [message(5, 5), message(9, 9)]));
  assert.equal(timeline.start, asked.before);
  assert.equal(timeline.history(asked), false);
  assert.deepEqual(ids(timeline), [5, 9]);
});

test("a new beginning forgets everything, even when it lies further back", () => {
  const timeline = loaded();
  timeline.log(newest(2, [message(1, 1), message(2, 2)], false));
  assert.deepEqual([ids(timeline), timeline.cursor, timeline.head, timeline.older], [[1, 2], 2, 2, false]);
});

test("in doubt nothing counts until the first page, which may still be shown", () => {
  const timeline = loaded();
  timeline.doubt();
  assert.deepEqual([ids(timeline), timeline.cursor, timeline.older, timeline.behind], [[5, 6, 7], null, false, false]);
  assert.equal(timeline.event(event(message(8, 8))), "gap");
  timeline.log(newest(3, [message(3, 3)], false));
  assert.deepEqual(ids(timeline), [3]);
});

test("old messages are trimmed, loaded again, and an answer from before that is not merged", () => {
  const timeline = loaded();
  const asked = { before: 5, generation: timeline.generation, messages: [message(4, 4)], more: false };
  timeline.trim(2);
  assert.deepEqual([ids(timeline), timeline.start, timeline.older], [[6, 7], 6, true]);
  const { generation } = timeline;
  assert.ok(timeline.history({ before: 6, generation, messages: [message(5, 5)], more: true }));
  assert.equal(timeline.start, asked.before);
  assert.equal(timeline.history(asked), false);
  timeline.trim(100);
  assert.deepEqual(ids(timeline), [5, 6, 7]);
});

test("a post is known by its author and key, not by its key alone", () => {
  const timeline = loaded();
  timeline.event(event(message(8, 8, 8, { author: 1, key: "k" })));
  assert.ok(timeline.holds(1, "k"));
  assert.equal(timeline.holds(2, "k"), false);
});
