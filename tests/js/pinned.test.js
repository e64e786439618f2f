import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../parley/faces/web/static/js/conversation.js";
import { Pins } from "../../parley/faces/web/static/js/windows/pinned.js";

const message = (id, more = {}) => ({
  ...{ id, room: 1, seq: id, changed_seq: id, kind: "text", author: 2, key: null, source: "" },
  ...{ created_at: "2026-01-01T12:00:00Z", ...more },
});

test("what was unpinned while the list was on its way stays so, also when another room is open by then", async () => {
  const conversation = new Conversation(1, 1, { tab: "a", shelf: {}, entries: [] });
  const rooms = [1, 2].map((id) => ({ id, name: `room ${id}`, kind: "public", head: 1, read: 0 }));
  conversation.receive({ type: "welcome", epoch: "e", rooms, users: [], online: 1 }, 0);
  for (const { id } of rooms) {
    conversation.receive({ type: "log", room: id, from: 0, to: 1, messages: [], reset: true, older: true }, 0);
  }
  let arrived;
  const chat = { conversation, open: true, proceed: () => arrived() };
  Object.defineProperty(chat, "room", { get: () => conversation.open });
  let answer;
  globalThis.fetch = () => new Promise((resolve) => (answer = resolve));
  const pins = new Pins({ querySelector: () => ({ textContent: "" }) }, chat);
  pins.draw();
  const pinned = { pinned: { by: 2, at: "2026-01-01T12:00:00Z" } };
  pins.logged(conversation.receive({ type: "message", room: 1, seq: 2, message: message(1, { changed_seq: 2 }) }, 0));
  conversation.enter(2);
  const came = new Promise((resolve) => (arrived = resolve));
  answer(Response.json({ messages: [message(1, pinned), message(2, { ...pinned, changed_seq: 1 })] }));
  await came;
  conversation.enter(1);
  assert.deepEqual(pins.list.map(({ id }) => id), [2]);
});
