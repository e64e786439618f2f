/** @import {Screen} from "./screen.js" */

import { request } from "./api.js";

/** The reader's own menu: sign out, and a question before that when something would be lost. */
export class Account {
  /** @param {HTMLElement} menu @param {Screen} screen */
  constructor(menu, screen) {
    this.#menu = menu;
    this.#screen = screen;
    menu.querySelector("[data-action=sign-out]")?.addEventListener("click", () => void this.#signOut());
    menu.addEventListener("toggle", () => this.#ask(""));
  }
  #menu;
  #screen;
  #asked = false;

  async #signOut() {
    const { waiting } = this.#screen.chat;
    if (waiting && !this.#asked) {
      return this.#ask(`${waiting === 1 ? "One message has" : `${waiting} messages have`} not been sent and will be lost.`);
    }
    try {
      await request("POST", "/sign-out");
      this.#screen.leave();
      location.replace("/");
    } catch {
      this.#say("The server cannot be reached, so you are still signed in.");
    }
  }

  /** @param {string} sentence */
  #ask(sentence) {
    this.#asked = sentence !== "";
    this.#say(sentence);
  }

  /** @param {string} sentence */
  #say(sentence) {
    const note = /** @type {HTMLElement} */ (this.#menu.querySelector(".note"));
    note.textContent = sentence;
    note.hidden = !sentence;
  }
}
