import assert from "node:assert/strict";
import { test } from "node:test";
import { meant } from "../../parley/faces/web/static/js/windows/switcher.js";

const room = (name, count = 0, kind = "public") => ({ id: name.length, name, kind, unread: { count, more: false } });
const open = room("Zoo");
const rooms = [open, room("Café plans"), room("plans"), room("airplanes", 2), room("the plan"), room("Ångström")];
const found = (typed) => meant(rooms, open, typed).map(({ name }) => name);

test("nothing typed: what is unread first, the open room last", () => {
  assert.deepEqual(found(""), ["airplanes", "Ångström", "Café plans", "plans", "the plan", "Zoo"]);
});

test("names that begin so, then words, then any part", () => {
  assert.deepEqual(found("plan"), ["plans", "Café plans", "the plan", "airplanes"]);
});

test("case and accents do not matter, and what fits nothing finds nothing", () => {
  assert.deepEqual([found(" CAFE"), found("angst"), found("xyz")], [["Café plans"], ["Ångström"], []]);
});

test("a room without a name is found only when it is a conversation of few", () => {
  const nameless = [room(""), room("", 0, "direct")];
  assert.deepEqual(meant(nameless, open, "").map(({ kind }) => kind), ["direct"]);
});
