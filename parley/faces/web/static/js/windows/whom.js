/** @import {Chat} from "../chat.js" */
/** @import {Source, Suggestion} from "./completion.js" */
/** @import {User} from "../wire.js" */

import { EVERYBODY, begun, rank, spelled } from "./mentioning.js";
import { fold } from "./folding.js";
import { option, personOption } from "./option.js";
import { request } from "../api.js";

const PAUSE = 120; // milliseconds between two questions
const SHORTEST = 2; // letters of `room` and the like: one may be anybody's
const MOST = 8;

/** @typedef {{user: User|null}} Found  Somebody who may be mentioned; null: the whole room. */

/**
 * Who of the open room may be meant by an @: those who spoke lately at once, all others a moment later. Whoever spoke later comes
 * first among those whose names fit as well.
 * @implements {Source}
 */
export class Whom {
  label = "People in this room";
  begun = begun;

  #timer = 0;
  #asked = 0;
  #notBefore = 0;
  /** What the server knew last: everybody of the room whose name fits. @type {{room: number, typed: string, users: User[]}|null} */
  #known = null;

  /** @param {Chat} chat */
  constructor(chat) {
    this.#chat = chat;
  }
  #chat;

  /**
   * Look for people; whatever was looked for before no longer matters.
   * @param {string} typed
   * @param {(found: Suggestion[], sure: boolean) => void} shown  called at once, and again when the server has answered
   */
  find(typed, shown) {
    const show = (/** @type {Found[]} */ found, /** @type {boolean} */ done) => {
      const sure = typed !== "" && (done || Boolean(found[0]?.user)); // nobody is called because somebody else was looked for
      shown(found.map((each) => this.#suggestion(each, typed)), sure);
    };
    clearTimeout(this.#timer);
    const asked = (this.#asked += 1);
    const { room, people } = this.#chat;
    const lately = [...new Set([...room.authors, ...room.people])];
    const all = this.#recall(room.id, typed);
    const done = !typed || room.kind === "direct" || all !== null;
    show(this.#ordered(all ?? people.remembered(lately), typed, lately), done);
    if (done) return;
    this.#timer = setTimeout(async () => {
      this.#notBefore = Date.now() + PAUSE;
      const path = `/api/users?room=${room.id}&q=${encodeURIComponent(typed)}&limit=50`;
      const answer = await request("GET", path).catch(() => null);
      if (!answer || asked !== this.#asked) return;
      people.learn(answer.users);
      if (!answer.more) this.#known = { room: room.id, typed, users: answer.users };
      show(this.#ordered(answer.users, typed, lately), true);
    }, this.#notBefore - Date.now());
  }

  /** @param {Found} found @param {string} typed @returns {Suggestion} */
  #suggestion({ user }, typed) {
    const is = (/** @type {string} */ name) => name.toLowerCase() === typed.toLowerCase();
    const room = { title: "room", kind: "private", person: 0, online: false };
    if (!user) return { id: 0, text: "@room", written: is("room"), line: () => option(room, "everybody in this room") };
    const { id, nickname, name } = user;
    const line = () => personOption({ id, name: name || nickname }, this.#chat, name && name !== nickname ? nickname : "");
    return { id, text: spelled(nickname), written: is(nickname), line };
  }

  /** Those whom an earlier answer holds, when it holds all. @param {number} room @param {string} typed */
  #recall(room, typed) {
    const known = this.#known;
    return known && known.room === room && fold(typed).startsWith(fold(known.typed)) ? known.users : null;
  }

  /** @param {User[]} users @param {string} typed @param {number[]} lately @returns {Found[]} */
  #ordered(users, typed, lately) {
    const { me, room, people } = this.#chat;
    const since = new Map(lately.map((id, at) => [id, at]));
    const found = users
      .filter(({ id }) => id !== me.id)
      .map((user) => ({ user, rank: rank(user, typed), since: since.get(user.id) ?? lately.length, away: !people.isOnline(user.id) }))
      .filter((each) => each.rank >= 0)
      .sort((a, b) => a.rank - b.rank || a.since - b.since || Number(a.away) - Number(b.away))
      .slice(0, MOST);
    const all = room.people.length !== 2 && typed.length >= SHORTEST && EVERYBODY.some((word) => word.startsWith(fold(typed)));
    return [...found.map(({ user }) => ({ user })), ...(all ? [{ user: null }] : [])];
  }
}
