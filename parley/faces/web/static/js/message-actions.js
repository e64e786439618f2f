/** @import {Chat} from "./chat.js" */
/** @import {Composer} from "./composer.js" */
/** @import {MessageList} from "./message-list.js" */

import { ChatMessage } from "./message.js";
import { Picker } from "./picker.js";
import { randomKey } from "./shelf.js";
import { request } from "./api.js";

/** What the buttons of messages do. */
export class MessageActions {
  /**
   * @param {MessageList} list
   * @param {Composer} composer
   * @param {Chat} chat
   */
  constructor(list, composer, chat) {
    this.#composer = composer;
    this.#chat = chat;
    this.#picker = new Picker(/** @type {HTMLElement} */ (document.querySelector("#picker")));
    list.content.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest?.("[data-action]");
      const message = button?.closest("chat-message");
      if (message instanceof ChatMessage && button instanceof HTMLElement) this.#act(message, button);
    });
    list.content.addEventListener("keydown", (event) => this.#key(event));
  }
  #composer;
  #chat;
  #picker;

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
    else if (action === "retry") this.#chat.outbox.retry(key);
    else if (action === "drop") this.#chat.outbox.drop(key);
    else if (action === "react") this.#react(element, button.dataset["emoji"] ?? "");
    else if (action === "pick") this.#pick(element, button);
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
    if (!(element instanceof ChatMessage)) return;
    const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "r" && bare && event.target === element) {
      const button = element.querySelector("[data-part=actions]:not([hidden]) [data-action=pick]");
      if (!(button instanceof HTMLElement)) return;
      event.preventDefault();
      return this.#pick(element, button);
    }
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (element.classList.contains("confirming")) element.confirm(false);
    else this.#composer.field.focus();
  }

  /** Put an emoji under a message, or take it back; one change of it at a time. @param {ChatMessage} element @param {string} emoji */
  #react({ row }, emoji) {
    if (!row || row.reacting.includes(emoji)) return;
    const users = row.message.reactions?.find((reaction) => reaction.emoji === emoji)?.users ?? [];
    const on = !users.includes(this.#chat.me.id);
    this.#chat.command({ type: "react", key: randomKey(), message: row.message.id, emoji, on });
  }

  /** @param {ChatMessage} element @param {HTMLElement} button */
  #pick(element, button) {
    this.#picker.open(button, element, (emoji) => {
      element.classList.remove("open");
      this.#react(element, emoji);
    });
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
