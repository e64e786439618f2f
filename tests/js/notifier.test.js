import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../parley/faces/web/static/js/conversation.js";
import { Notifier } from "../../parley/faces/web/static/js/notifier.js";

const ME = 1;
const reply = (id, more = {}) => ({
  ...{ id, room: 1, seq: id, changed_seq: id, kind: "text", author: 2, key: null, source: "", html: "", reply_to: 1 },
  ...{ created_at: "2026-01-01T12:00:00Z", ...more },
});
const stands = (read, following = true) => ({ type: "thread", room: 1, thread: 1, following, read });

/** A page that shows notifications, with a clock that is turned by hand, and what it has shown. */
function shown({ mock }) {
  mock.timers.enable({ apis: ["setTimeout"] });
  const locks = { request: (_name, _options, lead) => void lead() };
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  const titles = [];
  globalThis.Notification = class {
    constructor(title) {
      titles.push(title);
    }
    close() {}
  };
  globalThis.DOMParser = class {
    parseFromString = () => ({ body: { textContent: "" } });
  };
  const conversation = new Conversation(ME, 1, { tab: "a", shelf: {}, entries: [] });
  const room = { id: 1, name: "tea", kind: "public", head: 1, read: 1 };
  const first = reply(1, { reply_to: undefined });
  conversation.receive({ type: "welcome", epoch: "e", rooms: [room], users: [], online: 1 }, 0);
  conversation.receive({ type: "log", room: 1, from: 0, to: 1, messages: [first], reset: true, older: false }, 0);
  const chat = { conversation, me: { id: ME }, quiet: null, nameOf: () => "Ben", titleOf: () => "tea" };
  const looking = { thread: 0 };
  const aside = { isReading: (root) => root === looking.thread };
  const notifier = new Notifier({ chat, aside, isReading: () => true });
  const hear = (frame) => notifier.heard(conversation.receive(frame, 0).called);
  const post = (message) => hear({ type: "message", room: 1, seq: message.changed_seq, message });
  return { titles, hear, post, looking, pass: () => mock.timers.tick(1_500) };
}

test("a reply is told when the server says within the wait that its thread is followed", (t) => {
  const page = shown(t);
  page.post(reply(2));
  page.hear(stands(1));
  page.pass();
  assert.deepEqual(page.titles, ["Ben replied in a thread in tea"]);
});

test("a reply is not told when the server says nothing, or that the thread is followed no longer", (t) => {
  const page = shown(t);
  page.post(reply(2));
  page.pass();
  page.hear(stands(2));
  page.post(reply(3));
  page.hear(stands(0, false));
  page.pass();
  assert.deepEqual(page.titles, []);
});

test("a reply is not told where its thread is looked at, or read meanwhile on another device", (t) => {
  const page = shown(t);
  page.hear(stands(1));
  page.post(reply(2));
  page.hear({ type: "read", room: 1, thread: 1, seq: 2 });
  page.pass();
  page.looking.thread = 1;
  page.post(reply(3));
  page.pass();
  assert.deepEqual(page.titles, []);
  page.looking.thread = 0;
  page.hear({ type: "read", room: 1, seq: 4 }); // of the room, where nobody sees it
  page.post(reply(4));
  page.pass();
  assert.equal(page.titles.length, 1);
});
