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
    const { me, nameOf, people } = this.#screen.chat;
    const status = people.status(me.id);
    showPerson(this.#menu, me.id, nameOf(me.id) || me.name);
    this.#part("nickname").textContent = people.user(me.id)?.name ? `@${people.user(me.id)?.nickname}` : "";
    this.#part("status").textContent = status ? `${status.emoji} ${status.text ?? ""}` : "Say what you are up to";
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

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#menu.querySelector(`[data-part=${name}]`));
  }

  /** @param {string} sentence */
  #say(sentence) {
    const note = /** @type {HTMLElement} */ (this.#menu.querySelector(".note"));
    note.textContent = sentence;
    note.hidden = !sentence;
  }
}
