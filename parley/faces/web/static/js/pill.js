/** @import {MessageList} from "./message-list.js" */

const FAR = 1.5; // screens

/** The button that leads down to the newest line, and says when something new has come there. */
export class Pill {
  #fresh = false;

  /** @param {HTMLElement} button @param {MessageList} list @param {() => void} gone  the reader has gone down */
  constructor(button, list, gone) {
    this.#button = button;
    this.#list = list;
    button.addEventListener("click", () => {
      list.toBottom();
      gone();
    });
  }
  #button;
  #list;

  /** Something new is below, unless the reader is there. */
  arrived() {
    this.#fresh ||= !this.#list.pinned;
  }

  /** Another room is shown. */
  leave() {
    this.#fresh = false;
  }

  /** The view has moved. */
  show() {
    if (this.#list.pinned) this.#fresh = false;
    this.#button.classList.toggle("fresh", this.#fresh);
    this.#button.hidden = this.#list.pinned || !(this.#fresh || this.#list.away > FAR);
    /** @type {HTMLElement} */ (this.#button.querySelector("span")).textContent = this.#fresh ? "New messages" : "Latest";
  }
}
