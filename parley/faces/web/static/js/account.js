/** @import {Chat} from "./chat.js" */

import { request } from "./api.js";

/** The reader's own menu: sign out, and a question before that when something would be lost. */
export class Account {
  /** @param {HTMLElement} menu @param {Chat} chat */
  constructor(menu, chat) {
    this.#menu = menu;
    this.#chat = chat;
    menu.querySelector("[data-action=sign-out]")?.addEventListener("click", () => void this.#signOut());
    menu.addEventListener("toggle", () => this.#ask(""));
  }
  #menu;
  #chat;
  #asked = false;

  async #signOut() {
    const { waiting } = this.#chat;
    if (waiting && !this.#asked) {
      return this.#ask(`${waiting === 1 ? "One message has" : `${waiting} messages have`} not been sent and will be lost.`);
    }
    try {
      await request("POST", "/sign-out");
      this.#chat.leave();
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
