/** @import {Chat} from "./chat.js" */
/** @import {Composer} from "./composer.js" */
/** @import {MessageList} from "./message-list.js" */
/** @import {Outbox} from "./outbox.js" */

import { ChatMessage } from "./message.js";
import { randomKey } from "./shelf.js";
import { request } from "./api.js";

/** What the buttons of messages do. */
export class MessageActions {
  /**
   * @param {MessageList} list
   * @param {Composer} composer
   * @param {Outbox} outbox
   * @param {Chat} chat
   */
  constructor(list, composer, outbox, chat) {
    this.#composer = composer;
    this.#outbox = outbox;
    this.#chat = chat;
    list.content.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest?.("[data-action]");
      const message = button?.closest("chat-message");
      if (message instanceof ChatMessage && button instanceof HTMLElement) this.#act(message, button);
    });
    list.content.addEventListener("keydown", (event) => this.#key(event));
  }
  #composer;
  #outbox;
  #chat;

  /** @param {ChatMessage} element @param {HTMLElement} button */
  #act(element, button) {
    const row = element.row;
    if (!row) return;
    const key = row.command?.command.key ?? "";
    const action = button.dataset["action"];
    if (action === "menu") element.classList.toggle("open");
    else if (action === "edit") this.#composer.edit(row.message);
    else if (action === "delete") element.confirm(true);
    else if (action === "keep") element.confirm(false);
    else if (action === "confirm") this.#delete(row.message.id);
    else if (action === "retry") this.#outbox.retry(key);
    else if (action === "drop") this.#outbox.drop(key);
    else if (action === "unlink") void this.#unlink(row.message.id, button);
    if (action === "retry" || action === "drop") {
      this.#chat.proceed();
      this.#composer.field.focus();
    }
    if (action === "edit") element.classList.remove("open");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const element = /** @type {Element} */ (event.target).closest("chat-message");
    if (!(element instanceof ChatMessage) || event.key !== "Escape") return;
    event.preventDefault();
    if (element.classList.contains("confirming")) element.confirm(false);
    else this.#composer.field.focus();
  }

  /** @param {number} message */
  #delete(message) {
    this.#chat.command({ type: "delete", key: randomKey(), message });
    this.#composer.field.focus();
  }

  /** @param {number} message @param {HTMLElement} button */
  async #unlink(message, button) {
    const card = button.closest(".preview");
    card?.classList.add("leaving"); // it goes for good when the log says so
    try {
      await request("DELETE", `/api/messages/${message}/previews/${button.dataset["position"]}`);
      this.#composer.field.focus();
    } catch {
      card?.classList.remove("leaving");
    }
  }
}
