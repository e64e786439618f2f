/** @import {Subject} from "./room.js" */

import { reason } from "./form.js";
import { request } from "../api.js";
import { usual } from "../notification.js";

/** What one is told of in a room. A choice counts at once, on all devices. */
export class RoomNotify {
  /** @type {Subject|null} */
  #subject = null;
  /** What was chosen here while the room said something else: it counts until the room says anything new of it. */
  #chosen = /** @type {Map<"notify"|"muted", {value: string|boolean, before: string|boolean}>} */ (new Map());

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    this.#level = /** @type {HTMLSelectElement} */ (place.querySelector("select"));
    this.#muted = /** @type {HTMLInputElement} */ (place.querySelector("input"));
    this.#level.addEventListener("change", () => void this.#choose("notify", this.#level.value));
    this.#muted.addEventListener("change", () => void this.#choose("muted", this.#muted.checked));
  }
  #place;
  #level;
  #muted;

  /** @param {Subject} subject */
  draw(subject) {
    if (subject.room.id !== this.#subject?.room.id) this.#chosen.clear();
    this.#subject = subject;
    const first = this.#level.options[0];
    const everything = usual(subject.room.kind) === "everything";
    if (first) first.text = `As usual: ${everything ? "everything" : "mentions, and threads I follow"}`;
    this.#level.value = String(this.#now("notify"));
    this.#level.disabled = this.#muted.checked = Boolean(this.#now("muted"));
  }

  /** @param {"notify"|"muted"} name */
  #now(name) {
    const said = this.#subject?.room[name] ?? "";
    const chosen = this.#chosen.get(name);
    if (chosen?.before === said) return chosen.value;
    this.#chosen.delete(name);
    return said;
  }

  /** @param {"notify"|"muted"} name @param {string|boolean} value */
  async #choose(name, value) {
    if (!this.#subject) return;
    const problem = /** @type {HTMLElement} */ (this.#place.querySelector("[role=alert]"));
    problem.hidden = true;
    const { room } = this.#subject;
    this.#chosen.set(name, { value, before: room[name] });
    this.draw(this.#subject);
    try {
      await request("PATCH", `/api/rooms/${room.id}/me`, { [name]: value === "" ? null : value });
    } catch (error) {
      this.#chosen.delete(name);
      problem.textContent = reason(error);
      problem.hidden = false;
      this.draw(this.#subject);
    }
  }
}
