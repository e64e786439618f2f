/** @import {Screen} from "../screen.js" */
/** @import {Message} from "../wire.js" */

import { begin, found } from "./found.js";
import { pathOfThread } from "../address.js";
import { reason } from "./form.js";
import { request } from "../api.js";

const MOST = 50;

/** @typedef {{message: Message, unread: number}} Followed */

/** The threads that this person follows: those with new replies, and the others. */
export default class ThreadsWindow {
  #asked = 0;
  /** Null before the first answer. @type {Followed[]|null} */
  #threads = null;
  #drawn = "";

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#list = /** @type {HTMLElement} */ (dialog.querySelector("ul"));
    this.#said = /** @type {HTMLElement} */ (dialog.querySelector("[role=status]"));
    this.#template = /** @type {HTMLTemplateElement} */ (dialog.querySelector("template"));
  }
  #dialog;
  #screen;
  #list;
  #said;
  #template;

  /** It is open. */
  begin() {
    begin(this.#dialog);
  }

  /** It opens. */
  show() {
    this.#drawn = "";
    this.#said.textContent = this.#threads ? "" : "Looking…";
    void this.#load();
  }

  async #load() {
    const asked = (this.#asked += 1);
    try {
      const [fresh, all] = await Promise.all([true, false].map((unread) => request("GET", `/api/threads?limit=${MOST}&unread=${Number(unread)}`)));
      if (asked !== this.#asked) return;
      const known = new Set(fresh.threads.map((/** @type {Followed} */ { message }) => message.id));
      this.#threads = [...fresh.threads, ...all.threads.filter((/** @type {Followed} */ { message }) => !known.has(message.id))];
      this.draw();
    } catch (error) {
      this.#said.textContent = reason(error);
    }
  }

  draw() {
    const { nameOf, roomOf, conversation } = this.#screen.chat;
    const here = this.#threads?.filter(({ message }) => conversation.rooms.has(message.room));
    const drawn = JSON.stringify(here?.map((each) => [each, nameOf(each.message.author), roomOf(each.message.room)]) ?? "");
    if (!here || drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#said.textContent = here.length ? "" : "You follow no thread yet. Reply to a message, or have somebody reply to yours.";
    this.#list.replaceChildren(...here.map((each) => this.#line(each)));
    begin(this.#dialog);
  }

  /** @param {Followed} followed */
  #line({ message, unread }) {
    const { chat } = this.#screen;
    const count = message.replies?.count ?? 0;
    const many = `${count} ${count === 1 ? "reply" : "replies"}`;
    const note = [chat.roomOf(message.room), many, unread && `${unread} new`].filter(Boolean).join(" · ");
    const line = found(this.#template, message, { chat, href: pathOfThread(message.room, message.id), note });
    line.classList.toggle("unread", unread > 0);
    return line;
  }
}
