/** @import {Room, Unread} from "./room.js" */

import { Badge, figure } from "./badge.js";
import { RoomsList, nameOf, showRoom } from "./rooms-list.js";

/** What is shown of all rooms together: the list, the bar above the open one, the title of the tab and its icon. */
export class Overview {
  #badge = new Badge();

  /** @param {HTMLElement} list @param {HTMLElement} bar */
  constructor(list, bar) {
    this.#list = new RoomsList(list);
    this.#bar = bar;
  }
  #list;
  #bar;

  /** @param {Room[]} rooms @param {Room} open */
  show(rooms, open) {
    this.#list.show(rooms, open);
    this.#badge.show(nameOf(open), sum(rooms));
    showRoom(this.#bar, nameOf(open), open.kind);
    this.#say(".topic", open.topic);
    this.#say(".back .count", figure(sum(rooms.filter((room) => room !== open))));
  }

  /** @param {string} where @param {string} text */
  #say(where, text) {
    const place = /** @type {HTMLElement} */ (this.#bar.querySelector(where));
    if (place.textContent !== text) place.textContent = text;
  }
}

/** @param {Room[]} rooms @returns {Unread} */
function sum(rooms) {
  const all = rooms.map(({ unread }) => unread);
  return { count: all.reduce((total, { count }) => total + count, 0), more: all.some(({ more }) => more) };
}
