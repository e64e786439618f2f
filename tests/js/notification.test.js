import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decide } from "../../parley/faces/web/static/js/notification.js";

const cases = JSON.parse(await readFile(new URL("../notification_cases.json", import.meta.url), "utf8"));

test("the browser's rule is the server's: the same cases, read by both", () => {
  for (const { case: name, message, person, told, reason } of cases) {
    assert.deepEqual(decide({ id: 1, room: 1, changed_seq: message.seq, ...message }, person), { told, reason }, name);
  }
});
