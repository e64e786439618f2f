import assert from "node:assert/strict";
import { test } from "node:test";
import { mentionedAt, mentionsOf } from "../../parley/faces/web/static/js/mentions.js";
import { Timeline } from "../../parley/faces/web/static/js/timeline.js";

const ME = 1;

test("one is mentioned by name or with the room, by others, while the message is there", () => {
  const message = (mentions, more) => ({ id: 1, seq: 4, author: 2, mentions, ...more });
  assert.equal(mentionedAt(message([{ user: ME, seq: 4 }]), ME), 4);
  assert.equal(mentionedAt(message([{ user: null, seq: 4 }, { user: ME, seq: 7 }]), ME), 7);
  assert.equal(mentionedAt(message([{ user: 3, seq: 4 }]), ME), 0);
  assert.equal(mentionedAt(message(undefined), ME), 0);
  assert.equal(mentionedAt(message([{ user: ME, seq: 4 }], { author: ME }), ME), 0);
  assert.equal(mentionedAt(message([{ user: ME, seq: 4 }], { deleted_at: "2026-01-01T00:00:00Z" }), ME), 0);
});

/** Numbers that look random and are the same in each run. */
function dice(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The log of a room, as the server has it. */
class Server {
  head = 0;
  read = 0;
  generation = 0;
  messages = [];

  /** One more entry: a post, or a change of some message. */
  write(roll) {
    this.head += 1;
    const seq = this.head;
    const old = this.messages[roll(this.messages.length + 1)];
    if (!old || roll(3)) {
      const mentions = roll(3) ? {} : { mentions: [{ user: roll(2) ? ME : null, seq }] };
      this.messages.push({ id: seq, seq, changed_seq: seq, kind: "text", author: 2 - (roll(5) ? 0 : 1), key: null, ...mentions });
    } else if (roll(4) === 0) {
      Object.assign(old, { changed_seq: seq, deleted_at: "2026-01-01T00:00:00Z", mentions: undefined });
    } else if (!old.deleted_at) {
      const mentions = [undefined, old.mentions, [...(old.mentions ?? []), { user: ME, seq }].slice(-1)][roll(3)];
      Object.assign(old, { changed_seq: seq, mentions });
    } else {
      this.head -= 1;
      return null;
    }
    const changed = this.messages.find(({ changed_seq }) => changed_seq === seq);
    return { type: "message", room: 1, seq, message: structuredClone(changed) };
  }

  get unseen() {
    return this.messages.filter((message) => mentionedAt(message, ME) > this.read).length;
  }

  get told() {
    return { head: this.head, read: this.read, generation: this.generation, mentions: this.unseen };
  }

  /** The newest page, or what changed after a cursor. */
  page(cursor) {
    const [room, to] = [1, this.head];
    const copy = (list) => structuredClone(list);
    if (cursor !== null) {
      const changed = this.messages.filter(({ changed_seq }) => changed_seq > cursor);
      return { type: "log", room, from: cursor, to, messages: copy(changed.sort((a, b) => a.changed_seq - b.changed_seq)) };
    }
    return { type: "log", room, from: 0, to, messages: copy(this.messages.slice(-6)), reset: true, older: this.messages.length > 6 };
  }

  history(before, generation) {
    const older = this.messages.filter(({ seq }) => seq < before);
    return { before, generation, messages: structuredClone(older.slice(-4)), more: older.length > 4 };
  }
}

test("whatever happened: the count is that of a look at everything, or it is known that the server has to be asked", () => {
  let asked = 0;
  let sure = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const roll = dice(seed);
    const server = new Server();
    for (let at = 0; at < 20; at += 1) server.write(roll);
    server.read = roll(20);
    const timeline = new Timeline(1);
    const position = { seq: server.read, generation: 0 };
    const room = { me: ME, position, timeline };
    let told = server.told;
    if (roll(2)) server.write(roll); // between the welcome and the page
    timeline.log(server.page(null));
    let queue = [];
    for (let at = 0; at < 40; at += 1) {
      const what = roll(12);
      if (what < 5) queue.push(server.write(roll));
      else if (what === 5) queue.splice(0).forEach((event) => event && timeline.event(event));
      else if (what === 6) timeline.history(server.history(timeline.start, timeline.generation));
      else if (what === 7) timeline.trim(3 + roll(4));
      else if (what === 8) server.read = position.seq = Math.max(position.seq, Math.min(timeline.cursor, position.seq + roll(6)));
      else if (what === 9) {
        server.read = position.seq = roll(timeline.cursor);
        server.generation = position.generation += 1;
      } else if (what === 10) {
        queue = [];
        told = server.told; // it comes back: a welcome, and what was missed
        timeline.log(server.page(roll(3) ? timeline.cursor : null));
      } else if (mentionsOf(room, told).more) {
        asked += 1;
        told = server.told;
        assert.ok(queue.length || !mentionsOf(room, told).more, `seed ${seed}: an answer as of the cursor settles it`);
      }
      if (timeline.cursor !== server.head) continue;
      const { count, more } = mentionsOf(room, told);
      if (!more) sure += 1;
      if (!more) assert.equal(count, server.unseen, `seed ${seed}, step ${at}`);
    }
  }
  assert.ok(asked > 100 && sure > 1_000, `${asked} ${sure}`);
});
