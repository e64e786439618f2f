/** @import {Screen} from "../screen.js" */

import { desktop, setDesktop } from "../desktop.js";
import { request } from "../api.js";
import { submit } from "./form.js";

const SAYS = {
  impossible: "This browser cannot show notifications here. It may be that it needs a secure address (https).",
  blocked: "This browser blocks notifications of this site. Allow them beside its address, then come back.",
  off: "No notifications are shown. Your browser will ask whether they may be.",
  on: "Notifications are shown when you are mentioned or written to directly, of replies in threads you follow, or as you choose for each room.",
};

/** Notifications in this browser, and the hours without any. */
export default class NotificationsWindow {
  #filled = false;

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#screen = screen;
    this.#desktop = /** @type {HTMLElement} */ (dialog.querySelector("[data-part=desktop]"));
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    this.#zone = /** @type {HTMLElement} */ (dialog.querySelector("[data-part=zone]"));
    this.#desktop.querySelector("button")?.addEventListener("click", () => void this.#switch());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
    this.#field("on").addEventListener("change", () => this.#able());
  }
  #screen;
  #desktop;
  #form;
  #zone;

  /** It opens. */
  show() {
    this.#filled = false;
  }

  draw() {
    const state = desktop();
    const button = /** @type {HTMLButtonElement} */ (this.#desktop.querySelector("button"));
    /** @type {HTMLElement} */ (this.#desktop.querySelector("p")).textContent = SAYS[state];
    button.hidden = state === "impossible" || state === "blocked";
    button.textContent = state === "on" ? "Turn off in this browser" : "Turn on notifications";
    button.classList.toggle("second", state === "on");
    if (!this.#filled) this.#fill();
  }

  async #switch() {
    await setDesktop(this.#screen, desktop() !== "on");
    this.draw();
  }

  /** With what is chosen, once: not over what somebody changes. */
  #fill() {
    const { quiet } = this.#screen.chat;
    this.#filled = true;
    this.#field("on").checked = quiet !== null;
    if (quiet) [this.#field("from").value, this.#field("to").value] = [quiet.from, quiet.to];
    this.#zone.textContent = `In the time zone ${this.#timezone}.`;
    this.#able();
  }

  get #timezone() {
    return this.#screen.chat.quiet?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  }

  #able() {
    for (const name of ["from", "to"]) this.#field(name).disabled = !this.#field("on").checked;
  }

  async #save() {
    const path = `/api/users/${this.#screen.chat.me.id}/quiet`;
    const [from, to] = [this.#field("from").value, this.#field("to").value];
    await submit(
      this.#form,
      async () => {
        if (this.#field("on").checked) await request("PUT", path, { from, to, timezone: this.#timezone });
        else await request("DELETE", path);
        this.#screen.notice(this.#field("on").checked ? `No notifications between ${from} and ${to}.` : "You have no quiet hours.");
      },
      () => "from",
    );
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }
}
