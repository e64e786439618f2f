import assert from "node:assert/strict";
import { test } from "node:test";
import { sections, titleOf } from "../../parley/faces/web/static/js/sections.js";
import { meant } from "../../parley/faces/web/static/js/windows/switcher.js";

const room = (name, count = 0, kind = "public", more = {}) => ({ id: name.length, name, kind, others: [], latest: "", unread: { count, more: false }, ...more });
const title = (each) => titleOf(each, (id) => ({ 2: "Ana", 3: "Béla" })[id] ?? "");
const open = room("Zoo");
const rooms = [open, room("Café plans"), room("plans"), room("airplanes", 2), room("the plan"), room("Ångström")];
const found = (typed) => meant(rooms, open, typed, title).map(({ name }) => name);

test("nothing typed: what is unread first, the open room last", () => {
  assert.deepEqual(found(""), ["airplanes", "Ångström", "Café plans", "plans", "the plan", "Zoo"]);
});

test("names that begin so, then words, then any part", () => {
  assert.deepEqual(found("plan"), ["plans", "Café plans", "the plan", "airplanes"]);
});

test("case and accents do not matter, and what fits nothing finds nothing", () => {
  assert.deepEqual([found(" CAFE"), found("angst"), found("xyz")], [["Café plans"], ["Ångström"], []]);
});

test("what was open lately comes first among what fits as well", () => {
  const lately = [room("Café plans").id, room("plans").id];
  assert.deepEqual(meant(rooms, open, "", title, lately).map(({ name }) => name).slice(0, 3), ["airplanes", "Café plans", "plans"]);
});

test("a conversation is called by who is in it, and listed when somebody has said something or one has made it oneself", () => {
  const pair = room("", 0, "direct", { others: [2], latest: "2026-01-01" });
  const three = room("", 0, "direct", { others: [2, 3], latest: "2026-02-01" });
  const quiet = room("", 0, "direct", { others: [3], quiet: true });
  const archived = room("old", 0, "public", { archived: true });
  const all = [pair, archived, quiet, three, open, room("")];
  assert.deepEqual([title(pair), title(three), title(room("", 0, "direct", { others: [9] }))], ["Ana", "Ana, Béla", "Direct message"]);
  const names = ({ rooms, direct, archived }) => [rooms, direct, archived].map((some) => some.map(title));
  assert.deepEqual(names(sections(all, open, title)), [["Zoo"], ["Ana, Béla", "Ana"], ["old"]]);
  assert.deepEqual(names(sections(all, quiet, title))[1], ["Ana, Béla", "Ana", "Béla"], "the open one is listed in any case");
  assert.deepEqual(meant(all, open, "bela", title).map(title), ["Ana, Béla"]);
  assert.deepEqual(meant(all, open, "ana", title, [three.id]).map(title), ["Ana", "Ana, Béla"], "who is called so before several");
});
