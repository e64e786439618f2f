/** @import {Begin, Chat} from "./chat.js" */

import { numberOf } from "./address.js";
import { recall } from "./recall.js";

const { userId, userName = "", room, general, offline } = document.body.dataset;
const form = document.querySelector("#sign-in");
const composer = document.querySelector("#composer");
const keeps = offline === "on";

/** @type {(callback: () => void) => void} */
const whenIdle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 2_000));

if (form instanceof HTMLFormElement) {
  const { SignIn } = await import("./sign-in.js");
  new SignIn(form);
  whenIdle(() => void forget());
} else if (composer instanceof HTMLElement) {
  const [begin, { Screen }, { Keys }] = await Promise.all([whose(), import("./screen.js"), import("./keys.js")]);
  if (begin) {
    const screen = new Screen(begin);
    new Keys(screen);
    screen.start();
    whenIdle(() => void import("./desktop.js").then(({ follow }) => follow(screen)));
    whenIdle(() => void (keeps ? keep(screen.chat, begin) : forget()));
    if (matchMedia("(any-pointer: coarse)").matches) whenIdle(() => void touched(composer));
  } else {
    const { Away } = await import("./away.js");
    new Away();
  }
}
whenIdle(() => void navigator.serviceWorker?.register("/service-worker.js", { updateViaCache: "none" }).catch(() => undefined));

/** Who this is for: the server's page says so; the shell is for whoever was signed in last. @returns {Promise<Begin|null>} */
async function whose() {
  const recalled = keeps ? await recall() : null;
  if (userId) {
    const me = { id: Number(userId), name: userName };
    const mine = recalled?.about.me.id === me.id ? recalled : null;
    return { me, general: Number(general), room: Number(room), recalled: mine };
  }
  if (!recalled) return null;
  const { me, general: first } = recalled.about;
  return { me, general: first, room: numberOf(location.pathname) || first, recalled };
}

/** What is read from now on is there without a network as well. @param {Chat} chat @param {Begin} begin */
async function keep(chat, { me, general: first }) {
  const [{ Keeper }, { Memory }] = await Promise.all([import("./keeper.js"), import("./memory.js")]);
  const memory = new Memory();
  if (userId) await memory.claim({ me, general: first });
  chat.keep(new Keeper(memory, { me, general: first }, chat));
}

/** What a finger needs, and the keyboard that comes with it. @param {HTMLElement} field */
async function touched(field) {
  const [{ Swipe }, { followKeyboard }] = await Promise.all([import("./swipe.js"), import("./visible-height.js")]);
  const [conversation, rooms] = [field.closest("main"), document.querySelector("#rooms")];
  if (conversation && rooms instanceof HTMLElement) new Swipe(conversation, rooms);
  followKeyboard();
}

/** Nobody is signed in, or nothing is to be kept. */
async function forget() {
  const { Memory } = await import("./memory.js");
  await new Memory().clear();
}

export {};
