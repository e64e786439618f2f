/** @import {MessageList} from "./message-list.js" */

const FAR = 1.5; // screens

/** The button that leads down to the newest line, and says when something new has come there. */
export class Pill {
  #fresh = false;

  /** @param {HTMLElement} button @param {MessageList} list @param {() => void} down  go to the newest line */
  constructor(button, list, down) {
    this.#button = button;
    this.#list = list;
    button.addEventListener("click", down);
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
    const { away, newer, pinned } = this.#list;
    if (pinned) this.#fresh = false;
    this.#button.classList.toggle("fresh", this.#fresh);
    this.#button.hidden = pinned || !(this.#fresh || newer || away > FAR);
    const latest = newer ? "Jump to the newest" : "Latest";
    /** @type {HTMLElement} */ (this.#button.querySelector("span")).textContent = this.#fresh ? "New messages" : latest;
  }
}
