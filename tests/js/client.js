/**
 * The browser's conversation, driven by `tests/test_timeline.py`: one JSON line in, one JSON line out.
 * `["reload"]` begins anew with what the shelf kept, `["resume"]` with what `["keep"]` put aside as well.
 */
import { createInterface } from "node:readline";
import { Conversation } from "../../parley/faces/web/static/js/conversation.js";

const ME = 1;
const ROOM = 1;
let shelf = new Map();
let kept = null;
let conversation = load();

function load() {
  const put = (entry) => shelf.set(entry.command.key, JSON.stringify(entry));
  const remove = (key) => shelf.delete(key);
  const entries = [...shelf.values()].map((entry) => JSON.parse(entry));
  return new Conversation(ME, ROOM, { tab: "a", shelf: { put, remove }, entries });
}

const operations = {
  forget: () => {
    shelf = new Map();
    kept = null;
    conversation = load();
  },
  reload: () => {
    conversation = load();
  },
  keep: (limit) => {
    const rooms = [...conversation.rooms.values()].map((room) => room.keep(limit)).filter((room) => room !== null);
    kept = JSON.stringify({ epoch: conversation.epoch, rooms });
  },
  resume: (recent) => {
    conversation = load();
    if (kept) conversation.restore({ ...JSON.parse(kept), recent });
  },
  hello: () => conversation.hello(),
  frame: (frame, tick) => conversation.receive(frame, tick),
  history: (page) => conversation.open.timeline.history(page),
  trim: (keep) => conversation.open.timeline.trim(keep),
  add: (command, now) => void conversation.add(command, now),
  take: (now) => conversation.outbox.take(now, now),
  lost: () => conversation.outbox.lost(),
  retry: (key) => conversation.outbox.retry(key),
  drop: (key) => conversation.outbox.drop(key),
  read: (seq) => conversation.open.position.advance(seq),
  mark: (place) => conversation.open.mark(place),
  tell: () => {
    const frames = [];
    conversation.open.position.tell(ROOM, (frame) => frames.push(frame) > 0);
    return frames;
  },
  count: (count) => conversation.open.count(count),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...parameters] = JSON.parse(line);
  const result = operations[name](...parameters);
  const { cursor, start, generation, head, older } = conversation.open.timeline;
  const { epoch } = conversation.hello();
  const rows = conversation.rows(0).map(({ stored, message }) => ({ stored, ...message }));
  const waiting = conversation.outbox.entries(0).map(({ command, refused }) => [command.key, refused !== null]);
  const { unread, position } = conversation.open;
  const read = { ...position };
  process.stdout.write(`${JSON.stringify({ unread, read, result, epoch, cursor, start, generation, head, older, rows, waiting })}\n`);
}
