import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import vm from "node:vm";

const code = await readFile(new URL("../../parley/faces/web/static/js/service-worker.js", import.meta.url), "utf8");
const SITE = "https://chat.example";
const OURS = "0123456789ab";
const immutable = { "Cache-Control": "public, max-age=31536000, immutable" };
const release = { version: OURS, files: ["js/main.js", "css/a+b.css"] };

/** Caches as a browser has them, in memory. */
class Caches {
  all = new Map();

  async open(name) {
    if (!this.all.has(name)) this.all.set(name, new Map());
    const kept = this.all.get(name);
    return { match: async (url) => kept.get(url), put: async (url, answer) => void kept.set(url, answer) };
  }
  async match(url) {
    return [...this.all.values()].map((kept) => kept.get(url)).find(Boolean)?.clone();
  }
  keys = async () => [...this.all.keys()];
  delete = async (name) => this.all.delete(name);
}

/** A worker in a browser whose network answers as `network` says; time passes at once. */
function started(network, told = release) {
  const listeners = {};
  const world = { caches: new Caches(), asked: [], removed: false, took: false };
  const self = {
    release: told,
    addEventListener: (name, listener) => (listeners[name] = listener),
    skipWaiting: async () => (world.took = true),
    clients: { claim: async () => undefined },
    registration: { unregister: async () => (world.removed = true) },
  };
  const fetch = async (request) => {
    const url = request.url ?? request;
    world.asked.push(url.replace(SITE, ""));
    return network(new URL(url).pathname, world.asked.length);
  };
  const location = new URL(`${SITE}/service-worker.js`);
  vm.runInNewContext(code, { self, fetch, location, URL, caches: world.caches, setTimeout: (then) => setTimeout(then, 20) });
  const waits = (name) => {
    let waiting;
    listeners[name]({ waitUntil: (promise) => (waiting = promise) });
    return waiting;
  };
  world.install = () => waits("install");
  world.activate = () => waits("activate");
  /** The answer to what a page asks for; undefined when it is none of the worker's business. */
  world.get = (path, { mode = "no-cors", method = "GET" } = {}) => {
    let answer;
    listeners.fetch({ request: { url: SITE + path, mode, method }, respondWith: (promise) => (answer = promise) });
    return answer;
  };
  world.go = (path) => world.get(path, { mode: "navigate" });
  return world;
}

const file = (text) => new Response(text, { headers: immutable });
const good = (path) => file(path);
const away = () => Promise.reject(new TypeError("no network"));

/** A worker that is installed, and whose network is then as `network` says. */
async function installed(network) {
  let now = good;
  const world = started((...asked) => now(...asked));
  await world.install();
  await world.activate();
  now = network;
  world.asked.length = 0;
  return world;
}

test("it keeps a whole release, and takes over at once", async () => {
  const world = started(good);
  await world.install();
  const kept = [...world.caches.all.get(`parley-${OURS}`).keys()].map((url) => url.replace(`${SITE}/static/${OURS}/`, ""));
  assert.deepEqual([kept, world.took], [["js/main.js", "css/a+b.css", "shell.html"], true]);
  const before = world.asked.length;
  await world.install();
  assert.equal(world.asked.length, before, "what is whole is not fetched again");
});

test("a file of another release is asked for again, elsewhere perhaps, and in the end nothing is kept", async () => {
  const upgrading = started((path, times) => (times < 4 ? new Response("old") : file(path)));
  await upgrading.install();
  assert.equal(await (await upgrading.get(`/static/${OURS}/js/main.js`)).text(), `/static/${OURS}/js/main.js`);
  const never = started(() => new Response("old"));
  await assert.rejects(never.install(), /not of this release/);
  assert.equal(await (await never.caches.open(`parley-${OURS}`)).match(`${SITE}/static/${OURS}/shell.html`), undefined);
  assert.equal(never.took, false);
});

test("the page is the network's; without one, with an error or too late it is the shell", async () => {
  assert.equal(await (await (await installed(() => new Response("fresh"))).go("/rooms/3")).text(), "fresh");
  for (const network of [away, () => new Response("Bad Gateway", { status: 502 }), () => new Promise(() => undefined)]) {
    const world = await installed(network);
    for (const path of ["/", "/rooms", "/rooms/3"]) assert.match(await (await world.go(path)).text(), /shell\.html$/);
  }
  assert.equal((await (await installed(() => new Response("", { status: 404 }))).go("/rooms/3")).status, 404);
});

test("a page that is open has the files of its own release, and no network is needed for them", async () => {
  const world = await installed(away);
  assert.equal((await world.get(`/static/${OURS}/css/a+b.css`)).status, 200);
  await assert.rejects(world.get("/static/aaaaaaaaaaaa/js/main.js"), /no network/);
});

test("nothing else goes through it", async () => {
  const world = await installed(away);
  for (const path of ["/api/messages?room=1", "/api/users", "/manifest.webmanifest", "/static/today/icon.svg"]) {
    assert.equal(world.get(path), undefined, path);
  }
  for (const path of ["/api/files/7", "/metrics", "/sign-in"]) assert.equal(world.go(path), undefined, path);
  assert.equal(world.get("/", { mode: "navigate", method: "POST" }), undefined);
});

test("the release before is kept for its pages, and those before it are not", async () => {
  const world = await installed(good);
  for (const name of ["parley-a", "parley-b", "somebody-else's"]) await world.caches.open(name);
  await world.activate();
  assert.deepEqual(await world.caches.keys(), [`parley-${OURS}`, "parley-b", "somebody-else's"]);
});

test("without a release it removes what is kept, and itself, and answers nothing", async () => {
  const world = started(good, null);
  for (const name of ["parley-a", "somebody-else's"]) await world.caches.open(name);
  await world.install();
  await world.activate();
  assert.deepEqual([await world.caches.keys(), world.removed, world.took], [["somebody-else's"], true, true]);
  assert.equal(world.go("/"), undefined);
});
