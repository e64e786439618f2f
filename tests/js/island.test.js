import assert from "node:assert/strict";
import { test } from "node:test";
import { Island } from "../../parley/faces/web/static/js/island.js";
import { Timeline } from "../../parley/faces/web/static/js/timeline.js";

const ROOM = 1;

/** The log as a server keeps it: the current state of each message, and what each change made. */
class Server {
  rows = new Map();
  changes = [];

  get head() {
    return this.changes.length;
  }

  post() {
    const id = this.rows.size + 1;
    return this.#changed({ id, room: ROOM, seq: this.head + 1, kind: "text", author: 2, key: `k${id}`, source: "", deleted_at: null });
  }

  edit(id) {
    return this.#changed({ ...this.rows.get(id), source: `edited ${this.head}` });
  }

  delete(id) {
    return this.#changed({ ...this.rows.get(id), source: "", deleted_at: "…" });
  }

  #changed(row) {
    const changed = { ...row, changed_seq: this.head + 1 };
    this.rows.set(row.id, changed);
    this.changes.push(changed);
    return { type: "message", room: ROOM, seq: this.head, message: changed };
  }

  get places() {
    return [...this.rows.values()].sort((a, b) => a.seq - b.seq);
  }

  before(place, limit) {
    const found = this.places.filter(({ seq }) => seq < place);
    return { messages: found.slice(-limit), more: found.length > limit, to: this.head };
  }

  beyond(place, limit) {
    const found = this.places.filter(({ seq }) => seq > place);
    return { messages: found.slice(0, limit), more: found.length > limit, to: this.head };
  }

  around(place, limit) {
    const [older, newer] = [this.before(place, limit >> 1), this.beyond(place - 1, limit - (limit >> 1))];
    return { messages: [...older.messages, ...newer.messages], more: older.more, newer: newer.more, to: this.head };
  }

  newest(limit) {
    const { messages, more } = this.before(Infinity, limit);
    return { type: "log", room: ROOM, from: 0, to: this.head, messages, reset: true, older: more };
  }

  since(cursor) {
    const messages = this.places.filter(({ changed_seq }) => changed_seq > cursor);
    return { type: "log", room: ROOM, from: cursor, to: this.head, messages };
  }
}

/** A page that looks at old messages while things happen; answers and events take their time. */
class Page {
  server = new Server();
  timeline = new Timeline(ROOM);
  island = null;
  frames = [];
  answers = [];

  constructor(dice) {
    this.dice = dice;
    for (let n = 0; n < 60; n += 1) this.server.post();
    this.timeline.log(this.server.newest(6));
  }

  /** Ask the server: it reads now or a little later, and the answer comes later still. */
  ask(read, take) {
    this.answers.push({ read, take, page: null });
  }

  open(place) {
    const island = new Island(ROOM, 5);
    this.timeline.island = island;
    this.#begin(island, place);
  }

  #begin(island, place) {
    const { generation } = island;
    const begun = (page) => island.begin(page, generation) || this.timeline.island !== island || this.#begin(island, place);
    this.ask(() => this.server.around(place, 6), begun);
  }

  older() {
    const { shown } = this.timeline;
    const { start: before, generation } = shown;
    if (shown.older) this.ask(() => this.server.before(before, 4), (page) => shown.history({ ...page, before, generation }));
  }

  newer() {
    const { island } = this.timeline;
    if (!island?.ready || island.doubtful) return;
    const { end: beyond, generation } = island;
    this.ask(() => this.server.beyond(beyond, 4), (page) => island.further({ ...page, beyond, generation }));
  }

  again() {
    const { island } = this.timeline;
    if (island?.doubtful) this.#begin(island, island.list()[0]?.seq ?? 1);
  }

  /** The network: a frame arrives, or an answer is read, or arrives. */
  step() {
    const waiting = this.answers.find(({ page }) => page === null);
    const choice = this.dice(3);
    if (choice === 0 && this.frames.length) this.timeline.event(this.frames.shift());
    else if (choice === 1 && waiting) waiting.page = waiting.read();
    else if (choice === 2) {
      const at = this.answers.findIndex(({ page }) => page !== null);
      if (at >= 0) {
        const [{ take, page }] = this.answers.splice(at, 1);
        take(page);
        this.timeline.meet();
      }
    }
  }

  reconnect(reset) {
    this.frames = [];
    this.timeline.log(reset ? this.server.newest(6) : this.server.since(this.timeline.cursor));
  }

  settle() {
    while (this.frames.length || this.answers.length) this.step();
    this.again();
    while (this.answers.length) this.step();
  }

  check() {
    const list = this.timeline.shown.list();
    const places = list.map(({ seq }) => seq);
    assert.deepEqual(places, [...new Set(places)].sort((a, b) => a - b), "in order, and none twice");
  }

  /** What is shown is what a fresh load shows of this stretch. */
  isFresh() {
    const { shown } = this.timeline;
    const fresh = this.server.places.filter(({ seq, deleted_at }) => seq >= shown.start && seq <= (shown.end ?? Infinity) && !deleted_at);
    assert.deepEqual(shown.list(), fresh);
  }
}

/** Numbers below n, always the same for a seed (mulberry32). */
function dice(seed) {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) % 1_000_000) % n;
  };
}

test("whatever happens meanwhile, old history shows what a fresh load shows, and joins the timeline", () => {
  let joined = 0;
  let doubted = 0;
  for (let seed = 1; seed <= 400; seed += 1) {
    const page = new Page(dice(seed));
    const { server, timeline } = page;
    const some = () => 1 + page.dice(server.rows.size);
    page.open(1 + page.dice(40));
    for (let n = 0; n < 120; n += 1) {
      const what = page.dice(40);
      if (what < 4) page.frames.push(server.post());
      else if (what < 8) page.frames.push(server.edit(some()));
      else if (what < 10) page.frames.push(server.delete(some()));
      else if (what < 13) page.older();
      else if (what < 16) page.newer();
      else if (what === 16 && page.dice(4) === 0) page.reconnect(true);
      else if (what === 17) page.reconnect(false);
      else if (what === 18 && page.dice(3) === 0) timeline.trim(4);
      else page.step();
      doubted += timeline.island?.doubtful ? 1 : 0;
      page.again();
      page.check();
    }
    page.settle();
    page.isFresh();
    for (let n = 0; timeline.island && n < 100; n += 1) {
      page.newer();
      page.settle();
    }
    assert.equal(timeline.island, null, "scrolled down, it meets the timeline");
    joined += 1;
    while (timeline.older) {
      page.older();
      page.settle();
    }
    page.isFresh();
    assert.equal(timeline.cursor, server.head);
  }
  assert.ok(joined && doubted);
});

test("a place that the timeline reaches needs no island for long", () => {
  const page = new Page(dice(1));
  page.open(58);
  page.settle();
  assert.equal(page.timeline.island, null);
  page.isFresh();
});

test("however much happens elsewhere while old history is shown, it keeps little of it", () => {
  const page = new Page(dice(1));
  page.open(10);
  page.settle();
  const { shown } = page.timeline;
  const answer = page.server.beyond(shown.end, 4);
  const { end: beyond, generation } = shown;
  for (let n = 0; n < 100; n += 1) page.timeline.event(page.server.post());
  assert.ok([...shown.messages].length <= 6 + 5);
  assert.equal(shown.further({ ...answer, beyond, generation }), false, "what it said may have changed since");
  page.newer();
  page.settle();
  page.isFresh();
  assert.equal(shown.list().length, 6 + 4);
});

test("before its first page it is not shown, and a change on the way is not lost", () => {
  const page = new Page(dice(1));
  const before = page.timeline.list();
  const island = new Island(ROOM);
  page.timeline.island = island;
  const answer = page.server.around(10, 6);
  page.timeline.event(page.server.edit(10));
  assert.deepEqual(page.timeline.shown.list(), before);
  assert.equal(island.begin(answer, island.generation), true);
  assert.equal(page.timeline.shown.list().find(({ id }) => id === 10).source, "edited 60");
  assert.equal(island.begin(answer, island.generation - 1), false);
});

test("after a reset it is shown as it was until it is loaded again", () => {
  const page = new Page(dice(1));
  page.open(20);
  page.settle();
  const shown = page.timeline.shown.list();
  const { island } = page.timeline;
  for (let n = 0; n < 20; n += 1) page.server.edit(20);
  page.timeline.log(page.server.newest(6));
  assert.deepEqual([island.doubtful, island.older, page.timeline.shown.list()], [true, false, shown]);
  assert.equal(island.history({ before: island.start, generation: island.generation, messages: [], more: false }), false);
  page.settle();
  assert.equal(island.doubtful, false);
  page.isFresh();
});
