/** @import {Screen} from "../screen.js" */

import { request } from "../api.js";
import { showPerson } from "../avatar.js";

/** The reader's own menu: sign out, and a question before that when something would be lost. */
export default class Account {
  /** @param {HTMLElement} menu @param {Screen} screen */
  constructor(menu, screen) {
    this.#menu = menu;
    this.#screen = screen;
    menu.querySelector("[data-action=sign-out]")?.addEventListener("click", () => void this.#signOut());
  }
  #menu;
  #screen;
  #asked = false;

  /** It opens. */
  show() {
    this.#ask("");
  }

  draw() {
    const { me, nameOf } = this.#screen.chat;
    showPerson(this.#menu, me.id, nameOf(me.id) || me.name);
  }

  async #signOut() {
    const { waiting } = this.#screen.chat;
    if (waiting && !this.#asked) {
      return this.#ask(`${waiting === 1 ? "One message has" : `${waiting} messages have`} not been sent and will be lost.`);
    }
    try {
      await request("POST", "/sign-out");
      await this.#screen.leave();
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
