/** @import {Screen} from "../screen.js" */

import { begin, found } from "./found.js";
import { pathOf } from "../address.js";
import { randomKey } from "../shelf.js";

/** What is pinned in the open room. */
export default class PinsWindow {
  #drawn = "";

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#list = /** @type {HTMLElement} */ (dialog.querySelector("ul"));
    this.#template = /** @type {HTMLTemplateElement} */ (dialog.querySelector("template"));
    this.#list.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest("button");
      const message = Number(button?.dataset["message"] ?? 0);
      if (message) screen.chat.command({ type: "pin", key: randomKey(), message, on: false });
    });
  }
  #dialog;
  #screen;
  #list;
  #template;

  show() {
    this.#drawn = "";
  }

  /** It is open. */
  begin() {
    begin(this.#dialog);
  }

  draw() {
    const { aside, chat, context } = this.#screen;
    const list = aside.pins?.list ?? [];
    const drawn = JSON.stringify([list, context.pins, list.map(({ author, pinned }) => [author, pinned?.by ?? null].map(chat.nameOf))]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const none = /** @type {HTMLElement} */ (this.#dialog.querySelector("[role=status]"));
    none.textContent = list.length ? "" : "Nothing is pinned here any more.";
    this.#list.replaceChildren(
      ...list.map((message) => {
        const note = `Pinned by ${chat.nameOf(message.pinned?.by ?? null)}`;
        const line = found(this.#template, message, { chat, href: pathOf(message.room, message.id), note });
        const button = /** @type {HTMLButtonElement} */ (line.querySelector("button"));
        button.hidden = !context.pins;
        button.dataset["message"] = String(message.id);
        return line;
      }),
    );
  }
}
