import assert from "node:assert/strict";
import { test } from "node:test";
import { chip } from "../../parley/faces/web/static/js/reactions.js";

const context = { me: 1, nameOf: (id) => ({ 2: "Ana", 3: "Ben" })[id] ?? (id > 9 ? `P${id}` : "") };
const who = (...users) => chip({ emoji: "👍", users }, context).who;

test("a chip says who reacted, oneself first", () => {
  assert.equal(who(2), "Ana");
  assert.equal(who(3, 2, 1), "you, Ben and Ana");
  assert.equal(who(2, 9), "Ana", "a name that is not known yet comes later");
});

test("of a crowd a few are named and all are counted", () => {
  const crowd = chip({ emoji: "👍", users: Array.from({ length: 40 }, (_, at) => at + 10) }, context);
  assert.equal(crowd.count, 40);
  assert.match(crowd.who, /^P10, .*P21 and 28 more$/);
});
