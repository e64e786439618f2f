/** @import {Screen} from "../screen.js" */
/** @import {Message} from "../wire.js" */

import { reason } from "./form.js";
import { request } from "../api.js";
import { textOf } from "../sanitized.js";

/** Why somebody was told of a message, or not: the server's sentence. */
export default class WhyWindow {
  /** @param {HTMLDialogElement} dialog @param {Screen} _screen */
  constructor(dialog, _screen) {
    this.#dialog = dialog;
  }
  #dialog;
  #asked = 0;

  /** It opens. @param {Message} message */
  show({ id, room, html }) {
    this.#asked = id;
    this.#part("blockquote").textContent = textOf(html).trim();
    this.#part("[data-window=room]").dataset["about"] = String(room);
    this.#part("[role=status]").textContent = "";
    void this.#ask(id);
  }

  /** @param {number} id */
  async #ask(id) {
    const answer = await request("GET", `/api/messages/${id}/notification`).catch((error) => ({ detail: reason(error) }));
    if (id === this.#asked) this.#part("[role=status]").textContent = answer.detail;
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
