/** @import {Chat} from "./chat.js" */
/** @import {Composer} from "./composer.js" */
/** @import {MessageList} from "./message-list.js" */
/** @import {Message} from "./wire.js" */

import { MENU_KEY } from "./actions.js";
import { copy } from "./clipboard.js";
import { ChatMessage } from "./message.js";
import { Popups } from "./popups.js";
import { quote } from "./quote.js";
import { randomKey } from "./shelf.js";
import { request } from "./api.js";

/** @typedef {(element: ChatMessage, button: HTMLElement) => void} Does  `button`: what was pressed, or the corner of the message */

/** What the actions of messages do, and the other buttons in them. */
export class MessageActions {
  /** By the name of an action, or the `data-action` of a button. @type {Record<string, Does>} */
  #does = {
    menu: (element, button) => void this.#popups.menu(element, button),
    pick: (element, button) => void this.#popups.pick(element, button, (emoji) => this.#react(element, emoji)),
    react: (element, button) => this.#react(element, button.dataset["emoji"] ?? ""),
    thread: ({ row }) => row && this.#screen.thread(row.message),
    pin: ({ row }) => row && this.#pin(row.message),
    unread: ({ row }) => row && this.#screen.unread(row.message),
    why: ({ row }) => row && this.#screen.why(row.message),
    quote: (element) => this.#quote(element),
    copy: (element) => void this.#copy(element),
    edit: ({ row }) => row && this.#composer.edit(row.message),
    delete: (element) => element.confirm(true),
    keep: (element) => element.confirm(false),
    confirm: ({ row }) => row && this.#delete(row.message.id),
    retry: (element) => this.#settle(element, "retry"),
    drop: (element) => this.#settle(element, "drop"),
    unlink: ({ row }, button) => row && void this.#unlink(row.message.id, button),
  };

  /**
   * @param {MessageList} list
   * @param {Composer} composer
   * @param {Chat} chat
   * @param {{notice: (sentence: string) => void, unread: (message: Message) => void, why: (message: Message) => void,
   *   thread: (root: Message) => void}} screen
   */
  constructor(list, composer, chat, screen) {
    this.#composer = composer;
    this.#chat = chat;
    this.#screen = screen;
    this.#popups = new Popups((name, element) => this.#chosen(name, element), screen.notice);
    list.content.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest?.("[data-action]");
      const element = button?.closest("chat-message");
      if (!(element instanceof ChatMessage) || !element.row || !(button instanceof HTMLElement)) return;
      this.#does[button.dataset["action"] ?? ""]?.(element, button);
    });
    list.content.addEventListener("keydown", (event) => this.#key(event));
  }
  #composer;
  #chat;
  #popups;
  #screen;

  /** @param {KeyboardEvent} event */
  #key(event) {
    const element = /** @type {Element} */ (event.target).closest("chat-message");
    if (!(element instanceof ChatMessage)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (element.classList.contains("confirming")) element.confirm(false);
      else this.#composer.field.focus();
    }
    if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const action = element.actions.find((action) => action.key === key);
    if (action) this.#does[action.name]?.(element, element.corner);
    else if (key === MENU_KEY && element.actions.length) void this.#popups.menu(element, null);
    else return;
    event.preventDefault();
  }

  /** Somebody chose this from the menu; meanwhile it may be gone. @param {string} name @param {ChatMessage} element */
  #chosen(name, element) {
    if (element.actions.some((action) => action.name === name)) this.#does[name]?.(element, element.corner);
  }

  /** Send again what was refused, or give it up. @param {ChatMessage} element @param {"retry"|"drop"} how */
  #settle({ row }, how) {
    this.#chat.outbox[how](row?.command?.command.key ?? "");
    this.#chat.proceed();
    this.#composer.focus();
  }

  /** Put an emoji under a message, or take it back; one change of it at a time. @param {ChatMessage} element @param {string} emoji */
  #react({ row }, emoji) {
    if (!row || row.reacting.includes(emoji)) return;
    const users = row.message.reactions?.find((reaction) => reaction.emoji === emoji)?.users ?? [];
    const on = !users.includes(this.#chat.me.id);
    this.#chat.command({ type: "react", key: randomKey(), message: row.message.id, emoji, on });
  }

  /** @param {Message} message */
  #pin({ id, pinned }) {
    this.#chat.command({ type: "pin", key: randomKey(), message: id, on: !pinned });
  }

  /** Put it into the field as a quote; of what is selected in it, if anything is. @param {ChatMessage} element */
  #quote(element) {
    const selection = document.getSelection();
    const [begin, end] = [selection?.anchorNode ?? null, selection?.focusNode ?? null];
    const selected = element.text.contains(begin) && element.text.contains(end) ? String(selection) : "";
    if (!element.row) return;
    const { message } = element.row;
    this.#composer.quote(quote(selected.trim() || message.source, this.#chat.nameOf(message.author), element.link));
  }

  /** @param {ChatMessage} element */
  async #copy(element) {
    this.#screen.notice((await copy(element.link)) ? "The link is copied." : `The browser does not let this be copied: ${element.link}`);
  }

  /** @param {number} message */
  #delete(message) {
    this.#chat.command({ type: "delete", key: randomKey(), message });
    this.#composer.focus();
  }

  /** @param {number} message @param {HTMLElement} button */
  async #unlink(message, button) {
    const card = button.closest(".preview");
    card?.classList.add("leaving"); // it goes for good when the log says so
    try {
      await request("DELETE", `/api/messages/${message}/previews/${button.dataset["position"]}`);
      this.#composer.focus();
    } catch {
      card?.classList.remove("leaving");
    }
  }
}
