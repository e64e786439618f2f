import assert from "node:assert/strict";
import { test } from "node:test";
import { Connection, pause } from "../../parley/faces/web/static/js/connection.js";
import { Status } from "../../parley/faces/web/static/js/status.js";

/** A browser with nothing in it but sockets, which are kept in the order in which they were opened. */
function browser() {
  const opened = [];
  class Socket {
    static OPEN = 1;
    readyState = 1;
    constructor() {
      opened.push(this);
    }
    send() {}
    close() {}
  }
  Object.assign(globalThis, { WebSocket: Socket, location: { protocol: "http:", host: "here" }, addEventListener() {} });
  globalThis.document = { addEventListener() {} };
  Object.defineProperty(navigator, "onLine", { value: true, configurable: true });
  return opened;
}

test("a server that restarts is left and found again without a word", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  let chance = 0;
  t.mock.method(Math, "random", () => chance);
  for (chance of [0, 0.5, 0.999]) {
    const opened = browser();
    const line = { ".connection": { textContent: "" }, ".typing": { textContent: "" } };
    const status = new Status({ querySelector: (name) => line[name] });
    const states = [];
    const connection = new Connection({
      hello: () => ({ type: "hello", cursors: {}, epoch: "" }),
      frame() {},
      state(state) {
        states.push(state);
        status.connection(state, false);
      },
      signedIn: async () => true,
      signedOut: () => assert.fail("nobody signed out"),
    });
    const welcome = (socket) => {
      socket.onopen();
      socket.onmessage({ data: '{"type":"welcome"}' });
    };
    connection.connect();
    welcome(opened[0]);
    t.mock.timers.tick(60_000 * chance);
    opened[0].onclose({ code: 1012 });
    for (let passed = 0; opened.length === 1; passed += 10) {
      assert.ok(passed <= 700, "it takes too long to come back");
      assert.equal(line[".connection"].textContent, "");
      t.mock.timers.tick(10);
    }
    t.mock.timers.tick(250); // the handshake, and the welcome
    welcome(opened[1]);
    t.mock.timers.tick(5_000);
    assert.equal(line[".connection"].textContent, "");
    assert.deepEqual(states, ["connecting", "open", "lost", "lost", "open"]);
    connection.end();
  }
});

test("thousands who are sent away in one moment do not come back in one", () => {
  const counts = new Array(7).fill(0);
  for (let each = 0; each < 7_000; each += 1) counts[Math.floor(pause(each % 5, 1012, Math.random()) / 100)] += 1;
  assert.equal(counts[0], 0, "nobody at once: the server needs a moment");
  for (const count of counts.slice(1)) assert.ok(count > 900 && count < 1_450, `${counts}`);
});
