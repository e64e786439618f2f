/** @import {Chat} from "../chat.js" */
/** @import {User} from "../wire.js" */

import { fit, fold } from "./folding.js";
import { request } from "../api.js";

const PAUSE = 120; // milliseconds without a key before the server is asked
const MOST = 8;

/** @typedef {{id: number, name: string}} Person */

/** Finds people by a part of their name: those whom the page knows at once, all others a moment later. */
export class PeopleSearch {
  #timer = 0;
  #asked = 0;

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat;
  }
  #chat;

  /**
   * Look for people; whatever was looked for before no longer matters.
   * @param {string} typed
   * @param {(id: number) => boolean} wanted
   * @param {(found: Person[], done: boolean) => void} show  called at once, and again when the server has answered
   */
  find(typed, wanted, show) {
    clearTimeout(this.#timer);
    const asked = (this.#asked += 1);
    const text = typed.trim();
    const here = this.#known(text).filter(({ id }) => wanted(id));
    show(here.slice(0, MOST), !text);
    if (!text) return;
    this.#timer = setTimeout(async () => {
      const answer = await request("GET", `/api/users?q=${encodeURIComponent(text)}&limit=${MOST * 2}`).catch(() => null);
      if (asked !== this.#asked) return;
      /** @type {User[]} */
      const users = answer?.users ?? [];
      this.#chat.people.learn(users);
      const found = users.filter(({ id }) => wanted(id)).map(({ id }) => ({ id, name: this.#chat.nameOf(id) }));
      show((answer ? found : here).slice(0, MOST), true);
    }, PAUSE);
  }

  /** @param {string} text @returns {Person[]} */
  #known(text) {
    const { people } = this.#chat;
    if (!text) return people.online();
    const wanted = fold(text);
    const ranked = people.known.map((person) => ({ person, rank: fit(fold(person.name), wanted) }));
    return ranked.filter(({ rank }) => rank >= 0).sort((a, b) => a.rank - b.rank).map(({ person }) => person);
  }
}
