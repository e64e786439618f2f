/** @import {ChatMessage} from "../message.js" */
/** @import {File} from "../wire.js" */

import { addressOf } from "../files.js";
import { sizeOf } from "../size.js";

/** A picture as large as the window allows; ← and → go to the others of the room or thread it is in. */
export default class Viewer {
  /** @type {File[]} */
  #files = [];
  #at = 0;

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.#step(by);
    });
    this.#part("[data-step='-1']").addEventListener("click", () => this.#step(-1));
    this.#part("[data-step='1']").addEventListener("click", () => this.#step(1));
    dialog.addEventListener("close", () => this.#image.removeAttribute("src"));
  }
  #dialog;

  /** @param {string|number} about  the id of the first @param {HTMLElement|null} beside  the picture in its message */
  show(about, beside) {
    const messages = /** @type {ChatMessage[]} */ ([...(beside?.closest(".log")?.querySelectorAll("chat-message") ?? [])]);
    this.#files = messages.flatMap(({ row }) => row?.message.files ?? []).filter(({ thumbnail }) => thumbnail);
    this.#at = Math.max(0, this.#files.findIndex(({ id }) => id === Number(about)));
    this.#show();
  }

  get #image() {
    return /** @type {HTMLImageElement} */ (this.#part("img"));
  }

  /** @param {number} by */
  #step(by) {
    if (!this.#files[this.#at + by]) return;
    this.#at += by;
    this.#show();
  }

  #show() {
    const file = this.#files[this.#at];
    if (!file) return;
    const { id, name, size, width, height } = file;
    const image = this.#image;
    image.alt = name;
    image.src = `/files/${id}/thumbnail`; // is there already, and replaced when the picture itself is
    const whole = new Image();
    whole.onload = () => {
      if (this.#files[this.#at] === file && this.#dialog.open) image.src = whole.src;
    };
    whole.src = addressOf(file);
    image.setAttribute("width", String(width));
    image.setAttribute("height", String(height));
    this.#part(".name").textContent = name;
    this.#part(".about").textContent = `${width} × ${height}, ${sizeOf(size)}`;
    this.#part(".place").textContent = this.#files.length > 1 ? `${this.#at + 1} of ${this.#files.length}` : "";
    const link = /** @type {HTMLAnchorElement} */ (this.#part("[download]"));
    link.href = addressOf(file);
    link.download = name;
    this.#button("-1").disabled = this.#at === 0;
    this.#button("1").disabled = this.#at >= this.#files.length - 1;
  }

  /** @param {string} by */
  #button(by) {
    return /** @type {HTMLButtonElement} */ (this.#part(`[data-step='${by}']`));
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(selector));
  }
}
