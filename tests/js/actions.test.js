import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { ACTIONS, MENU_KEY, offered } from "../../parley/faces/web/static/js/actions.js";
import { keyLabel } from "../../parley/faces/web/static/js/windows/key-label.js";

const web = new URL("../../parley/faces/web/", import.meta.url);
const names = (message, who) => offered({ kind: "text", ...message }, { me: 1, kept: false, ...who }).map(({ name }) => name);

test("each action has a key, a name and an icon of its own, and few stand beside the message", async () => {
  const icons = await readFile(new URL("templates/icons.html", web), "utf8");
  for (const property of ["name", "label", "key", "icon"]) {
    const values = ACTIONS.map((action) => action[property]);
    assert.deepEqual(values, [...new Set(values)], property);
  }
  for (const { icon } of ACTIONS) assert.ok(icons.includes(`id="icon-${icon}"`), icon);
  assert.ok(!ACTIONS.some(({ key }) => key === MENU_KEY || key !== key.toLowerCase()));
  assert.ok(ACTIONS.filter(({ direct }) => direct).length <= 4);
});

test("each action does something", async () => {
  const source = await readFile(new URL("static/js/message-actions.js", web), "utf8");
  for (const { name } of ACTIONS) assert.match(source, new RegExp(`^    ${name}: `, "m"));
});

test("what is done already is offered to be undone", () => {
  const label = (message) => offered({ kind: "text", author: 2, ...message }, { me: 1, pins: true }).find(({ name }) => name === "pin").label;
  assert.deepEqual([label({}), label({ pinned: { by: 2 } })], ["Pin", "Unpin"]);
});

test("only its author changes a message, and who keeps order may delete it too", () => {
  for (const [message, who, edit, remove] of [
    [{ author: 1 }, {}, true, true],
    [{ author: 2 }, {}, false, false],
    [{ author: 2 }, { kept: true }, false, true],
  ]) {
    assert.equal(names(message, who).includes("edit"), edit);
    assert.equal(names(message, who).includes("delete"), remove);
    assert.ok(names(message, who).includes("pick"));
  }
  assert.deepEqual(names({ author: 1, kind: "joined" }, { kept: true }), []);
});

test("keys are called what stands on them", () => {
  assert.deepEqual(["r", "delete"].map(keyLabel), ["R", "Del"]);
});

test("whoever looks at a thread is in it already, and not everybody pins everywhere", () => {
  assert.ok(names({ author: 2 }, { pins: true }).includes("pin"));
  assert.ok(!names({ author: 2 }, { pins: false }).includes("pin"));
  assert.ok(names({ author: 2 }, { aside: false }).includes("thread"));
  assert.ok(!names({ author: 2 }, { aside: true }).includes("thread"));
});
