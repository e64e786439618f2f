/** @import {Begin} from "./chat.js" */

import { numberOf } from "./address.js";
import { recall } from "./recall.js";

const { userId, userName = "", room, general, offline } = document.body.dataset;
const form = document.querySelector("#sign-in");
const keeps = offline === "on";
/** @type {Begin|null} */
let begin = null;
/** @type {import("./screen.js").Screen|null} */
let screen = null;

if (form instanceof HTMLFormElement) {
  const { SignIn } = await import("./sign-in.js");
  new SignIn(form);
} else if (document.querySelector("#composer")) {
  const [found, { Screen }, { Keys }] = await Promise.all([whose(), import("./screen.js"), import("./keys.js")]);
  begin = found;
  if (begin) {
    screen = new Screen(begin);
    new Keys(screen);
    screen.start();
  } else {
    const { Away } = await import("./away.js");
    new Away();
  }
}
(window.requestIdleCallback ?? ((callback) => setTimeout(callback, 2_000)))(() => void afterwards());

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

/** What nobody waits for. */
async function afterwards() {
  const later = await import("./later.js");
  if (screen && begin && keeps) void later.keep(screen.chat, begin, Boolean(userId));
  else if (form || !keeps) void later.forget();
  if (screen) void later.told(screen);
  if (screen && matchMedia("(any-pointer: coarse)").matches) void later.touched();
  void later.install();
}

export {};
