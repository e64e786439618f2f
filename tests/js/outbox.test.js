import assert from "node:assert/strict";
import { test } from "node:test";
import { ORPHANED, Outbox } from "../../parley/faces/web/static/js/outbox.js";

const post = (key) => ({ type: "post", key, room: 1, source: key });
const ack = (key, seq = 1) => ({ type: "ack", key, room: 1, seq, message: seq });
const refusal = (key, code, more = {}) => ({ type: "error", key, code, detail: "No.", ...more });
const keys = (entries) => entries.map(({ command }) => command.key);
const never = () => false;

/** An outbox and what stands on its shelf. */
function outbox(tab = "a", entries = []) {
  const shelf = new Map(entries.map((entry) => [entry.command.key, entry]));
  const box = new Outbox(
    tab,
    { put: (entry) => shelf.set(entry.command.key, entry), remove: (key) => shelf.delete(key) },
    entries,
  );
  return { box, shelf };
}

test("commands leave one at a time, in the order of writing", () => {
  const { box } = outbox();
  for (const key of ["z", "a", "m"]) box.add(post(key), 0);
  const left = [];
  for (let command = box.take(0, 0); command; command = box.take(0, 0)) {
    assert.equal(box.take(0, 0), null, "the one in flight is waited for");
    left.push(command.key);
    box.ack(ack(command.key));
  }
  assert.deepEqual(left, ["z", "a", "m"]);
});

test("what has no answer stands on the shelf, and is sent by the page after a reload", () => {
  const before = outbox();
  before.box.add(post("1"), 0);
  before.box.add(post("2"), 0);
  before.box.ack(ack(before.box.take(0, 0).key));
  const after = outbox("a", [...before.shelf.values()]);
  assert.equal(after.box.take(0, 0).key, "2");
  after.box.add(post("3"), 0);
  assert.deepEqual(keys(after.box.entries(0)), ["2", "3"]);
});

test("a lost connection sends what was in flight again", () => {
  const { box } = outbox();
  box.add(post("1"), 0);
  box.take(0, 0);
  box.lost();
  assert.equal(box.take(0, 0).key, "1");
});

test("a refusal that passes is tried again after the pause, before anything later", () => {
  const { box } = outbox();
  box.add(post("1"), 0);
  box.add(post("2"), 0);
  box.take(0, 0);
  box.refuse(refusal("1", "rate_limited", { retry_after: 3 }), 1000);
  assert.equal(box.take(3999, 3999), null);
  assert.equal(box.take(4000, 4000).key, "1");
  box.refuse(refusal("1", "unavailable"), 4000);
  assert.equal(box.take(4001, 4001), null);
  assert.equal(box.take(9000, 9000).key, "1");
  assert.equal(box.entries(9000)[0].refused, null);
});

test("a pause ends when it should though somebody sets the clock, and a reload does not wait for it", () => {
  const HOUR = 3_600_000;
  const { box, shelf } = outbox();
  box.add(post("1"), HOUR);
  box.take(HOUR, 0);
  box.refuse(refusal("1", "rate_limited", { retry_after: 3 }), 0);
  assert.equal(box.take(2 * HOUR, 2999), null, "the clock went forward");
  assert.equal(box.take(0, 3000).key, "1", "the clock went back");
  box.refuse(refusal("1", "rate_limited", { retry_after: 3 }), 500_000);
  const after = outbox("a", [...shelf.values()]);
  assert.equal(after.box.take(HOUR, 100).key, "1", "the new page's clock begins at nothing; the server has the last word");
});

test("another refusal waits for the reader and does not hold up the rest", () => {
  const { box, shelf } = outbox();
  box.add(post("1"), 0);
  box.add(post("2"), 0);
  box.take(0, 0);
  box.refuse(refusal("1", "too_long"), 0);
  assert.equal(box.take(0, 0).key, "2");
  assert.deepEqual(shelf.get("1").refused, { code: "too_long", detail: "No." }, "after a reload it still says why");
  box.ack(ack("2"));
  assert.equal(box.take(0, 0), null);
  box.retry("1");
  assert.equal(box.take(0, 0).key, "1");
  box.refuse(refusal("1", "too_long"), 0);
  box.drop("1");
  assert.equal(shelf.size, 0);
  assert.deepEqual(box.entries(0), []);
});

test("answers to commands that nobody waits for change nothing", () => {
  const { box } = outbox();
  box.add(post("1"), 0);
  box.take(0, 0);
  box.ack(ack("other"));
  box.refuse(refusal("other", "denied"), 0);
  assert.equal(box.take(0, 0), null, "the one in flight still is");
  assert.deepEqual(keys(box.entries(0)), ["1"]);
});

test("a post is shown until its message is there, whichever comes first, ack or message", () => {
  const { box } = outbox();
  box.add(post("1"), 0);
  box.take(0, 0);
  assert.deepEqual(keys(box.posts(0, never)), ["1"]);
  assert.deepEqual(keys(box.posts(0, (key) => key === "1")), [], "the message came before the ack");
  box.ack(ack("1", 8));
  assert.deepEqual(keys(box.posts(0, (key, seq) => seq !== null && seq <= 7)), ["1"], "the ack came before the message");
  assert.deepEqual(keys(box.posts(0, (key, seq) => seq !== null && seq <= 8)), [], "the log has passed it");
  assert.deepEqual(keys(box.posts(0, never)), []);
});

test("another tab's entry is left to it, until it seems to be gone", () => {
  const shelved = outbox("b");
  shelved.box.add(post("theirs"), 1000);
  const { box } = outbox("a", [...shelved.shelf.values()]);
  box.add(post("mine"), 1000);
  assert.deepEqual(keys(box.entries(1000)), ["mine"]);
  assert.deepEqual(keys(box.entries(1000 + ORPHANED)), ["theirs", "mine"]);
});

test("what another tab puts and settles is heard", () => {
  const { box } = outbox();
  const theirs = outbox("b").box.add(post("theirs"), 0);
  box.heard("theirs", theirs);
  assert.equal(box.take(ORPHANED, ORPHANED).key, "theirs");
  box.heard("theirs", null);
  box.add(post("mine"), ORPHANED);
  assert.equal(box.take(ORPHANED, ORPHANED).key, "mine", "nothing is in flight any more");
});

test("a change of a message that was written before the log was set back waits for its author, a post does not", () => {
  const before = outbox();
  before.box.begin("e");
  before.box.add(post("1"), 0);
  before.box.add({ type: "edit", key: "2", message: 7, source: "new" }, 0);
  const { box } = outbox("a", [...before.shelf.values()]);
  box.begin("another");
  assert.equal(box.take(0, 0).key, "1");
  box.ack(ack("1"));
  assert.equal(box.take(0, 0), null, "message 7 may be another one now");
  assert.match(box.entries(0)[0].refused.detail, /backup/);
  box.retry("2");
  box.begin("another");
  assert.equal(box.take(0, 0).key, "2", "whoever has looked may insist");
});

test("what was acknowledged in another life of the log is not waited for", () => {
  for (const end of [(box) => box.begin("another"), (box) => box.setBack(1)]) {
    const { box } = outbox();
    box.begin("e");
    box.add(post("1"), 0);
    box.ack(ack(box.take(0, 0).key, 9));
    box.begin("e");
    assert.equal(box.posts(0, never).length, 1);
    end(box);
    assert.deepEqual(box.posts(0, never), []);
  }
});

test("a message that is not there need not be deleted any more", () => {
  const { box, shelf } = outbox();
  box.add({ type: "delete", key: "1", message: 7 }, 0);
  box.take(0, 0);
  box.refuse(refusal("1", "not_found"), 0);
  assert.deepEqual([box.entries(0), shelf.size], [[], 0]);
});

test("clear leaves nothing behind", () => {
  const { box, shelf } = outbox();
  box.add(post("1"), 0);
  box.clear();
  assert.deepEqual([box.entries(0), shelf.size], [[], 0]);
});

test("a reaction that is refused for good is given up, and in another life of the log as well", () => {
  const { box, shelf } = outbox();
  const react = (key) => ({ type: "react", key, message: 1, emoji: "👍", on: true });
  box.begin("e");
  for (const key of ["1", "2"]) box.add(react(key), 0);
  box.take(0, 0);
  assert.equal(box.refuse(refusal("1", "rate_limited"), 0), false, "this one will pass");
  box.take(9000, 9000);
  assert.equal(box.refuse(refusal("1", "deleted"), 9000), true, "nothing is left of it: somebody has to say so");
  box.begin("another");
  assert.equal(shelf.size, 0);
});
