/** @import {Subject} from "./room.js" */

import { reason } from "./form.js";
import { request } from "../api.js";
import { usual } from "../notification.js";

/** What one is told of in a room. A choice counts at once, on all devices. */
export class RoomNotify {
  /** @type {Subject|null} */
  #subject = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    this.#level = /** @type {HTMLSelectElement} */ (place.querySelector("select"));
    this.#muted = /** @type {HTMLInputElement} */ (place.querySelector("input"));
    this.#level.addEventListener("change", () => void this.#choose({ notify: this.#level.value || null }));
    this.#muted.addEventListener("change", () => void this.#choose({ muted: this.#muted.checked }));
  }
  #place;
  #level;
  #muted;

  /** @param {Subject} subject */
  draw(subject) {
    const { notify, muted, kind } = subject.room;
    this.#subject = subject;
    const first = this.#level.options[0];
    if (first) first.text = `As usual: ${usual(kind) === "everything" ? "everything" : "mentions, and threads I follow"}`;
    this.#level.value = notify;
    this.#level.disabled = muted;
    this.#muted.checked = muted;
  }

  /** @param {object} change */
  async #choose(change) {
    const problem = /** @type {HTMLElement} */ (this.#place.querySelector("[role=alert]"));
    problem.hidden = true;
    try {
      await request("PATCH", `/api/rooms/${this.#subject?.room.id}/me`, change);
    } catch (error) {
      problem.textContent = reason(error);
      problem.hidden = false;
      if (this.#subject) this.draw(this.#subject);
    }
  }
}
