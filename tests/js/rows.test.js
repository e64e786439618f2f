import assert from "node:assert/strict";
import { test } from "node:test";
import { lay } from "../../parley/faces/web/static/js/rows.js";

const reader = { me: 1, seen: Infinity };
const message = (id, at, more = {}) => ({
  ...{ id, seq: id, author: 2, key: null, kind: "text", source: "", created_at: new Date(2026, 0, ...at).toISOString() },
  ...more,
});
const entry = (command, at) => ({ command, order: 1, tab: "a", at: new Date(2026, 0, ...at).getTime(), refused: null });

test("messages of one author within minutes are a group, on one day", () => {
  const rows = lay(
    [
      message(1, [5, 23, 50]),
      message(2, [5, 23, 54]),
      message(3, [5, 23, 58], { author: 3 }),
      message(4, [5, 23, 59], { author: 3 }),
      message(5, [6, 0, 0], { author: 3 }),
      message(6, [6, 0, 5], { author: 3 }),
    ],
    [],
    [],
    reader,
  );
  assert.deepEqual(rows.map(({ lead }) => lead), [true, false, true, false, true, true]);
  assert.deepEqual(rows.map(({ day }) => day), [true, false, false, false, true, false]);
});

test("what is no person's message stands alone", () => {
  const rows = lay([message(1, [5], { kind: "join" }), message(2, [5])], [], [], reader);
  assert.deepEqual(rows.map(({ lead }) => lead), [true, true]);
});

test("a post that waits is grouped below, under the name it will have as a message", () => {
  const waiting = entry({ type: "post", key: "k", room: 1, source: "**hi**" }, [5, 0, 1]);
  const [, pending] = lay([message(1, [5], { author: 1 })], [waiting], [], reader);
  assert.deepEqual([pending.stored, pending.lead, pending.message.source], [false, false, "**hi**"]);
  const [, stored] = lay([message(1, [5], { author: 1 }), message(2, [5, 0, 1], { author: 1, key: "k" })], [], [], reader);
  assert.equal(stored.name, pending.name);
});

test("an edit or deletion without an answer belongs to its message", () => {
  const change = entry({ type: "edit", key: "k", message: 2, source: "new" }, [5]);
  const rows = lay([message(1, [5]), message(2, [5])], [], [change], reader);
  assert.deepEqual(rows.map(({ command }) => command), [null, change]);
});

test("a reaction without an answer waits at its message, and is no change of the text", () => {
  const react = entry({ type: "react", key: "k", message: 2, emoji: "👍", on: true }, [5]);
  const rows = lay([message(1, [5]), message(2, [5])], [], [react], reader);
  assert.deepEqual(rows.map(({ command, reacting }) => [command, reacting]), [[null, []], [null, ["👍"]]]);
});

test("the words of a refused change stand at the end when its message is not there", () => {
  const edit = entry({ type: "edit", key: "k", message: 9, source: "new" }, [5]);
  assert.equal(lay([message(1, [5])], [], [edit], reader).length, 1, "it may still pass");
  const refused = { ...edit, refused: { code: "not_found", detail: "No." } };
  const rows = lay([message(1, [5])], [], [refused], reader);
  assert.deepEqual([rows[1].message.source, rows[1].command], ["new", refused]);
  const setBack = { ...edit, refused: { code: "set_back", detail: "No." } };
  const other = lay([message(9, [5])], [], [setBack], reader);
  assert.deepEqual(other.map(({ command }) => command), [null, setBack], "message 9 is another one now");
  const gone = { ...entry({ type: "delete", key: "k", message: 9 }, [5]), refused: { code: "denied", detail: "No." } };
  assert.equal(lay([message(1, [5])], [], [gone], reader).length, 1);
});

test("the line above what is new stands above the first message of somebody else", () => {
  const messages = [message(1, [5]), message(2, [5], { author: 1 }), message(3, [5], { kind: "join" }), message(4, [5])];
  const fresh = (seen) => lay(messages, [], [], { me: 1, seen }).findIndex((row) => row.fresh);
  assert.deepEqual([fresh(0), fresh(1), fresh(4), fresh(Infinity)], [0, 3, -1, -1]);
});
