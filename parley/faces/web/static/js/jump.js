/** @import {Earlier} from "./earlier.js" */
/** @import {MessageList} from "./message-list.js" */
/** @import {Room} from "./room.js" */

import { LINE } from "./message-list.js";

/** The button that leads up to the first new message, until the line above it has been in view. */
export class Jump {
  #seen = Infinity;

  /**
   * @param {HTMLElement} button
   * @param {{room: () => Room, list: MessageList, earlier: Earlier, draw: () => void}} page
   */
  constructor(button, page) {
    this.#button = button;
    this.#page = page;
    button.addEventListener("click", () => void this.#go());
  }
  #button;
  #page;

  /** The view has moved, or what is in it has changed. */
  show() {
    const room = this.#page.room();
    const where = this.#page.list.line;
    const placed = isPlaced(room);
    if (where === "here" && placed) this.#seen = room.line;
    const hidden = room.line === this.#seen || where === null || where === "below" || (where === "here" && placed);
    if (this.#button.hidden !== hidden) this.#button.hidden = hidden;
  }

  /** Load what is between, and go there. */
  async #go() {
    const room = this.#page.room();
    while (!isPlaced(room) && (await this.#page.earlier.load()) && room === this.#page.room());
    this.#page.list.go(LINE);
    this.#page.draw();
  }
}

/** Whether all that is new is loaded, so that the line stands where it belongs. @param {Room} room */
function isPlaced({ line, timeline }) {
  return !timeline.older || timeline.start <= line + 1;
}
