/** @import {Screen} from "./screen.js" */

const OFF = "parley-desktop-off";

/** @typedef {"impossible"|"blocked"|"off"|"on"} Desktop  What becomes of notifications in this browser. */

/** @returns {Desktop} */
export function desktop() {
  if (!("Notification" in window) || !navigator.locks) return "impossible"; // perhaps the page came over plain HTTP
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && !localStorage.getItem(OFF) ? "on" : "off";
}

/** Show notifications in this browser, or no more; it asks the reader itself, once. @param {Screen} screen @param {boolean} on */
export async function setDesktop(screen, on) {
  if (on && (await Notification.requestPermission()) !== "granted") return;
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
  await follow(screen);
}

/** From now on as is chosen for this browser, in whichever tab. @param {Screen} screen */
export function begin(screen) {
  addEventListener("storage", ({ key }) => {
    if (key === OFF) void follow(screen);
  });
  void follow(screen);
}

/** @param {Screen} screen */
async function follow(screen) {
  const { chat } = screen;
  if (desktop() === "on") {
    const { Notifier } = await import("./notifier.js");
    chat.notifier ??= new Notifier(screen);
  } else {
    chat.notifier?.end();
    chat.notifier = null;
  }
}
