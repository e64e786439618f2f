import assert from "node:assert/strict";
import { test } from "node:test";
import { People } from "../../parley/faces/web/static/js/people.js";
import { Watch } from "../../parley/faces/web/static/js/watch.js";

const range = (first, count) => Array.from({ length: count }, (_, index) => first + index);

/** A page on which nothing is drawn, and the frames that it sent. */
function page(t, more = {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const state = { total: 500, authors: [], listed: [], open: true, sent: [], ...more };
  const watch = new Watch({
    total: () => state.total,
    authors: () => state.authors,
    listed: () => state.listed,
    send: (users) => state.open && Boolean(state.sent.push(users)),
  });
  const soon = () => (watch.soon(), t.mock.timers.tick(1_000));
  return { state, watch, soon };
}

test("among few, nobody has to be named", (t) => {
  const { state, soon } = page(t, { total: 100, listed: [2, 3] });
  soon();
  assert.deepEqual(state.sent, []);
});

test("in a crowd those who are shown are named, once for all that changes in a second", (t) => {
  const { state, watch, soon } = page(t, { authors: [5, 4], listed: [4, 9] });
  for (let times = 0; times < 10; times += 1) watch.soon();
  assert.deepEqual(state.sent, []);
  soon();
  assert.deepEqual(state.sent, [[5, 4, 9]]);
  soon();
  assert.equal(state.sent.length, 1, "nothing has changed");
  state.listed = [9];
  state.authors = [];
  soon();
  assert.deepEqual(state.sent[1], [9]);
});

test("a new socket is told again, and what was not sent is tried again", (t) => {
  const { state, watch, soon } = page(t, { listed: [9], open: false });
  soon();
  state.open = true;
  soon();
  assert.deepEqual(state.sent, [[9]]);
  watch.begin();
  t.mock.timers.tick(1_000);
  assert.deepEqual(state.sent, [[9], [9]]);
});

test("there are never more than the server takes, of those who wrote the newest", (t) => {
  const { state, soon } = page(t, { authors: range(1, 150), listed: range(1000, 150) });
  soon();
  assert.deepEqual(state.sent[0], [...range(1, 100), ...range(1000, 100)]);
});

const user = (id) => ({ id, nickname: `n${id}`, created_at: "2026-01-01T00:00:00Z", online: true });
const ids = (people) => people.online().map(({ id }) => id);

/** Who is here, as a welcome says: the reader, 1, and others. */
function people(others, online) {
  const here = new People(() => {});
  here.welcome({ user: user(1), users: [user(1), ...others.map(user)], online });
  return here;
}

test("among few everybody who comes and goes is counted", () => {
  const here = people([2, 3], 3);
  here.learn([user(4)]);
  here.presence(4, true);
  here.presence(4, true);
  assert.deepEqual([ids(here), here.total], [[1, 2, 3, 4], 4]);
  here.presence(2, false);
  here.presence(2, false);
  assert.deepEqual([ids(here), here.total], [[1, 3, 4], 3]);
});

test("in a crowd the heartbeat counts, and who is no longer watched is forgotten", () => {
  const here = people([2, 3], 500);
  here.learn([user(4)]);
  here.presence(4, true);
  assert.equal(here.total, 500, "the count had this one already");
  here.presence(9, false);
  assert.equal(here.total, 500);
  here.count(620, 1);
  assert.equal(here.total, 620);
  here.only([3, 4]);
  assert.deepEqual([ids(here), here.total, here.listed], [[1, 3, 4], 620, [3, 4]]);
});

/** What the server answers when it is asked who is online, and how often it was. */
function server(t, ids) {
  const answer = { ok: true, headers: new Map([["Content-Type", "application/json"]]), json: async () => ({ users: ids.map(user) }) };
  return t.mock.method(globalThis, "fetch", async () => answer).mock;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a list that became short in a crowd is filled up, by one page in ten at a heartbeat", async (t) => {
  const asked = server(t, [3, 4]);
  const here = people([2], 500);
  here.count(500, 0.1);
  assert.equal(asked.callCount(), 0);
  here.count(500, 0.09);
  await settled();
  assert.deepEqual([ids(here), here.total, asked.callCount()], [[1, 2, 3, 4], 500, 1]);
  const many = people(range(2, 50), 500);
  many.count(500, 0);
  assert.equal(asked.callCount(), 1);
});

test("whatever was missed among few, the next heartbeat tells", async (t) => {
  const asked = server(t, [1, 3]);
  const here = people([2], 2);
  here.count(2);
  assert.equal(asked.callCount(), 0);
  here.count(3);
  await settled();
  assert.deepEqual([ids(here), here.total], [[1, 3], 2]);
});

test("whoever a welcome does not name may have another name: shown, they are looked up once more", async (t) => {
  const asked = server(t, [4]);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const here = new People(() => {});
  here.learn([{ ...user(4), nickname: "before" }, user(5)]);
  here.welcome({ user: user(1), users: [user(1)], online: 1 });
  t.mock.timers.tick(10_000);
  assert.deepEqual([here.name(4), here.name(1), here.known.length], ["before", "n1", 3]);
  t.mock.timers.tick(30);
  await settled();
  assert.deepEqual(asked.calls.map(({ arguments: [path] }) => path), ["/api/users?ids=4"]);
  assert.equal(here.name(4), "n4");
  t.mock.timers.tick(60_000);
  assert.equal(asked.callCount(), 1);
});

test("a server that does not answer changes nothing", async (t) => {
  t.mock.method(globalThis, "fetch", async () => {
    throw new TypeError("away");
  });
  const here = people([2], 2);
  here.count(3);
  await settled();
  assert.deepEqual([ids(here), here.total], [[1, 2], 3]);
});

test("a crowd that became small is told of as a whole", () => {
  const here = people([2], 101);
  here.learn([user(3), user(4)]);
  for (const id of [1, 2, 3, 4]) here.presence(id, true);
  assert.equal(here.total, 101);
  here.count(4);
  assert.deepEqual([ids(here), here.total], [[1, 2, 3, 4], 4]);
});
