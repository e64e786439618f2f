/**
 * The service worker: the files of one release, kept together, for when the network is away, broken or slow.
 *
 * It keeps what everybody gets: scripts, sheets and the page with nobody in it (the shell). What somebody has read is
 * kept by their page (`keeper.js`), and answers of the API or files of messages do not come through here at all.
 * The server puts the release in front of this file; without one, this worker removes whatever one before it has kept,
 * and itself (`OFFLINE=off`).
 */

/** @type {any} */
const worker = self;
/** @type {{version: string, files: string[]}|null} */
const release = worker.release;

const PATIENCE = 3_000; // milliseconds for the network to bring a page
const TRIES = 4; // behind a balancer, during an upgrade, another server may have the right file
const BEFORE = 1; // releases kept beside this one: their pages may still be open
const CACHE = "parley-";
const PAGE = /^\/(search|rooms(\/.*)?)?$/;
const VERSIONED = /^\/static\/[0-9a-f]{12}\//;

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(release ? activate() : remove()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (!release || request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && PAGE.test(pathname)) event.respondWith(page(request));
  else if (VERSIONED.test(pathname)) event.respondWith(file(request));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(follow(event.notification.data));
});

/** Somebody has touched a notification of `notifier.js`: to its room. @param {{room: number, message: number, path: string}} data */
async function follow({ room, message, path }) {
  const [page] = await worker.clients.matchAll({ type: "window" });
  if (!page) return worker.clients.openWindow(path);
  page.postMessage({ type: "notification", room, message });
  await page.focus();
}

/** Fetch all of a release, or nothing: a shell in the cache says that its release is whole. */
async function install() {
  if (release) {
    const cache = await caches.open(CACHE + release.version);
    if (!(await cache.match(shell()))) {
      const addresses = release.files.map(address);
      const answers = await Promise.all(addresses.map(whole));
      await Promise.all(answers.map((answer, at) => cache.put(addresses[at] ?? "", answer)));
      await cache.put(shell(), await whole(shell()));
    }
  }
  await worker.skipWaiting(); // what it answers depends on the release of the page that asks, not on its own
}

/** Forget releases whose pages are long gone. */
async function activate() {
  const own = CACHE + release?.version;
  const others = (await ours()).filter((name) => name !== own);
  await Promise.all(others.slice(0, -BEFORE).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function remove() {
  await Promise.all((await ours()).map((name) => caches.delete(name)));
  await worker.registration.unregister();
}

async function ours() {
  return (await caches.keys()).filter((name) => name.startsWith(CACHE));
}

/** The page as the server has it; the shell if that does not come, or not soon. @param {Request} request */
async function page(request) {
  const asked = fetch(request);
  const answer = await Promise.race([asked.catch(() => null), later(null)]);
  if (answer && answer.status < 500) return answer;
  return (await caches.match(shell())) ?? answer ?? asked;
}

/** A file of the release that the address names. @param {Request} request */
async function file({ url }) {
  return (await caches.match(url)) ?? (await right(url));
}

/** A file that is certainly of this release. @param {string} url */
async function whole(url) {
  const answer = await right(url);
  if (!isRight(answer)) throw new Error(`${url}: not of this release`);
  return answer;
}

/** A file from a server that has this release; after some attempts, from whichever. @param {string} url */
async function right(url) {
  let answer = await fetch(url);
  for (let tries = 1; tries < TRIES && answer.ok && !isRight(answer); tries += 1) answer = await fetch(url);
  return answer;
}

/** Whether a server with the release of the address has answered: it alone allows to keep the file. @param {Response} answer */
function isRight(answer) {
  return answer.ok && (answer.headers.get("Cache-Control") ?? "").includes("immutable");
}

/** @template T @param {T} value @returns {Promise<T>} */
function later(value) {
  return new Promise((resolve) => setTimeout(() => resolve(value), PATIENCE));
}

/** @param {string} name */
function address(name) {
  return new URL(`/static/${release?.version}/${name}`, location.href).href;
}

function shell() {
  return address("shell.html");
}

