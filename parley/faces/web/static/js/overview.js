/** @import {Chat} from "./chat.js" */
/** @import {Unread} from "./unread.js" */

import { Badge, calls, figure } from "./badge.js";
import { RoomsList, showSign, signOf } from "./rooms-list.js";

/** What is shown of all rooms together: the list, the bar above the open one, the title of the tab and its icon. */
export class Overview {
  #badge = new Badge();

  /** @param {HTMLElement} list @param {HTMLElement} bar */
  constructor(list, bar) {
    this.#list = new RoomsList(list);
    this.#entry = /** @type {HTMLElement} */ (list.querySelector("#threads-button"));
    this.#bar = bar;
  }
  #list;
  #entry;
  #bar;

  /** @param {Chat} chat */
  show(chat) {
    const { rooms, room: open } = chat;
    this.#list.show(chat);
    const heard = rooms.filter(({ muted }) => !muted);
    this.#badge.show(chat.titleOf(open), sum(heard.map(({ unread }) => unread)), sum(heard.map(({ mentions }) => mentions)));
    showSign(/** @type {Element} */ (this.#bar.querySelector(".room")), signOf(open, chat));
    this.#threads(chat.conversation.threads.count);
    this.#say(".topic", open.topic);
    const others = heard.filter((room) => room !== open);
    this.#say(".back .calls", calls(sum(others.map(({ mentions }) => mentions))));
    this.#say(".back .count", figure(sum(others.map(({ unread }) => unread))));
  }

  /** @param {number} unread */
  #threads(unread) {
    const [count, words] = this.#entry.querySelectorAll(".count, .visually-hidden");
    this.#entry.classList.toggle("unread", unread > 0);
    if (count) count.textContent = unread ? String(unread) : "";
    if (words) words.textContent = unread ? " with new replies" : "";
  }

  /** @param {string} where @param {string} text */
  #say(where, text) {
    const place = /** @type {HTMLElement} */ (this.#bar.querySelector(where));
    if (place.textContent !== text) place.textContent = text;
  }
}

/** @param {Unread[]} all @returns {Unread} */
function sum(all) {
  return { count: all.reduce((total, { count }) => total + count, 0), more: all.some(({ more }) => more) };
}
