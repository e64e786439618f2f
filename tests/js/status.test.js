import assert from "node:assert/strict";
import { test } from "node:test";
import { Status } from "../../parley/faces/web/static/js/status.js";

/** A status line and the texts it shows. */
function line() {
  const parts = { ".connection": { textContent: "" }, ".typing": { textContent: "" } };
  return { parts, status: new Status({ querySelector: (name) => parts[name] }) };
}

test("a lost connection is said after a second, although every attempt draws the page again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { parts, status } = line();
  for (let passed = 0; passed < 1_000; passed += 250) {
    status.connection("lost", passed > 500);
    assert.equal(parts[".connection"].textContent, "");
    t.mock.timers.tick(250);
  }
  assert.match(parts[".connection"].textContent, /^Reconnecting… Your messages are kept/);
  status.connection("open", false);
  assert.equal(parts[".connection"].textContent, "");
});

test("a short pause is not mentioned, and does not shorten the next", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { parts, status } = line();
  for (let times = 0; times < 3; times += 1) {
    status.connection("lost", false);
    t.mock.timers.tick(700);
    status.connection("open", false);
    assert.equal(parts[".connection"].textContent, "");
  }
  t.mock.timers.tick(2_000);
  assert.equal(parts[".connection"].textContent, "");
});
