/** @import {Begin, Chat} from "./chat.js" */

import { Memory } from "./memory.js";
import { numberOf } from "./address.js";

const { userId, userName = "", room, general, offline } = document.body.dataset;
const form = document.querySelector("#sign-in");
const composer = document.querySelector("#composer");
const memory = offline === "on" ? new Memory() : null;

/** @type {(callback: () => void) => void} */
const whenIdle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 2_000));

if (form instanceof HTMLFormElement) {
  const { SignIn } = await import("./sign-in.js");
  void memory?.clear(); // nobody is signed in
  new SignIn(form);
} else if (composer instanceof HTMLElement) {
  const [begin, { Screen }, { Keys }] = await Promise.all([
    whose(),
    import("./screen.js"),
    import("./keys.js"),
  ]);
  if (begin) {
    const screen = new Screen(begin);
    new Keys(screen);
    screen.start();
    if (memory) whenIdle(() => void keep(memory, screen.chat, begin));
  } else {
    const { Away } = await import("./away.js");
    new Away();
  }
}
whenIdle(() => void navigator.serviceWorker?.register("/service-worker.js", { updateViaCache: "none" }).catch(() => undefined));

/** Who this is for: the server's page says so; the shell is for whoever was signed in last. @returns {Promise<Begin|null>} */
async function whose() {
  if (userId) {
    const me = { id: Number(userId), name: userName };
    const recalled = (await memory?.claim(me, Number(general))) ?? null;
    return { me, general: Number(general), room: Number(room), recalled };
  }
  const recalled = (await memory?.recall()) ?? null;
  if (!recalled) return null;
  const { me, general: first } = recalled.about;
  return { me, general: first, room: numberOf(location.pathname) || first, recalled };
}

/** What is read from now on is there without a network as well. @param {Memory} kept @param {Chat} chat @param {Begin} begin */
async function keep(kept, chat, { me, general: first }) {
  const { Keeper } = await import("./keeper.js");
  chat.keep(new Keeper(kept, { me, general: first }, chat));
}

export {};
