/** @import {Begin, Chat} from "./chat.js" */
/** @import {Screen} from "./screen.js" */

import { Keeper } from "./keeper.js";
import { Memory } from "./memory.js";

/** What is read from now on is there without a network as well. @param {Chat} chat @param {Begin} begin @param {boolean} signedIn  says the server */
export async function keep(chat, { me, general }, signedIn) {
  const memory = new Memory();
  if (signedIn) await memory.claim({ me, general });
  chat.keep(new Keeper(memory, { me, general }, chat));
}

/** Nobody is signed in, or nothing is to be kept. */
export async function forget() {
  await new Memory().clear();
}

/** What is said of what is new beside the page: notifications, the sign on the icon. @param {Screen} screen */
export async function told(screen) {
  const { begin } = await import("./desktop.js");
  begin(screen);
}

/** What a finger needs, and the keyboard that comes with it. */
export async function touched() {
  const [{ Swipe }, { followKeyboard }] = await Promise.all([import("./swipe.js"), import("./visible-height.js")]);
  const [conversation, rooms] = ["main", "#rooms"].map((name) => document.querySelector(name));
  if (conversation instanceof HTMLElement && rooms instanceof HTMLElement) new Swipe(conversation, rooms);
  followKeyboard();
}

/** The files of this release, for when there is no network. */
export async function install() {
  await navigator.serviceWorker?.register("/service-worker.js", { updateViaCache: "none" }).catch(() => undefined);
}
