/** @import {Chat} from "../chat.js" */
/** @import {Room} from "../room.js" */
/** @import {Screen} from "../screen.js" */
/** @import {Person} from "./people-search.js" */
/** @import {PublicRoom} from "./public-rooms.js" */

import { figure } from "../badge.js";
import { request } from "../api.js";
import { signOf } from "../rooms-list.js";
import { sorted } from "../sections.js";
import { conversationWith } from "./direct.js";
import { fit, fold } from "./folding.js";
import { reason } from "./form.js";
import { option, personOption } from "./option.js";
import { Options } from "./options.js";
import { PeopleSearch } from "./people-search.js";
import { fitting as joinable, publicRooms } from "./public-rooms.js";

const ROOMS = 10;
const FURTHER = 5; // of each: people, rooms to join
const LATER = 3; // ranks, by which what is archived, or first has to be joined, comes after all else

const AMONG = 0.5; // of a rank: a conversation of several comes after those who are called just so

/** @typedef {{item: HTMLElement, rank: number, room: () => Promise<number>|number}} Choice  `rank`: how well it fits, 0 the best */

/**
 * This person's rooms that somebody may mean who typed this: names that begin with it first, then words, then any part;
 * case and accents do not matter, and what was open lately comes first. Nothing typed: what is unread first, then what
 * was open lately, and the open room last. Pure.
 * @param {Room[]} rooms
 * @param {Room} open
 * @param {string} typed
 * @param {(room: Room) => string} title
 * @param {number[]} [lately]  ids, the latest first
 */
export function meant(rooms, open, typed, title, lately = []) {
  const wanted = fold(typed.trim());
  const rank = (/** @type {Room} */ room) => (wanted ? fitting(room, title(room), wanted) : rest(room, open));
  const recency = (/** @type {Room} */ { id }) => (lately.includes(id) ? lately.indexOf(id) : lately.length);
  const ranked = sorted(rooms, open, title).map((room) => ({ room, rank: rank(room), recency: recency(room) }));
  const found = ranked.filter((each) => each.rank >= 0);
  return found.sort((a, b) => a.rank - b.rank || a.recency - b.recency).map(({ room }) => room);
}

/** A window in which one types a part of a name, and goes to the room or the person by Enter. */
export default class Switcher {
  /** @type {Choice[]} */
  #choices = [];
  /** @type {Person[]} */
  #people = [];
  /** @type {PublicRoom[]} */
  #joinable = [];

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#search = new PeopleSearch(screen.chat);
    this.#field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
    this.#none = /** @type {HTMLElement} */ (dialog.querySelector("[role=status]"));
    const list = /** @type {HTMLElement} */ (dialog.querySelector("[role=listbox]"));
    this.#options = new Options(this.#field, list, (at) => void this.#go(at));
    this.#field.addEventListener("input", () => this.#look());
  }
  #dialog;
  #screen;
  #search;
  #field;
  #none;
  #options;

  /** It opens. */
  show() {
    this.#field.value = "";
    this.#look();
    publicRooms().then((rooms) => {
      this.#joinable = rooms;
      if (this.#dialog.open) this.#list(true);
    }, () => undefined);
  }

  #look() {
    const { chat } = this.#screen;
    if (!this.#field.value.trim()) {
      this.#people = [];
      return this.#list(true);
    }
    this.#search.find(this.#field.value, (id) => id !== chat.me.id && !hasConversation(chat, id), (found, done) => {
      this.#people = found.slice(0, FURTHER);
      this.#list(done);
    });
  }

  /** @param {boolean} done  everything was looked through */
  #list(done) {
    const { chat } = this.#screen;
    const typed = this.#field.value;
    const rooms = meant(chat.rooms, chat.room, typed, chat.titleOf, this.#screen.whereabouts.lately).slice(0, ROOMS);
    const mine = chat.conversation.rooms;
    const further = typed.trim() ? joinable(this.#joinable.filter(({ id }) => !mine.has(id)), typed).slice(0, FURTHER) : [];
    const before = this.#options.at;
    const wanted = fold(typed.trim());
    const choices = [
      ...rooms.map((room) => this.#room(room, wanted)),
      ...this.#people.map((person) => this.#person(person, wanted)),
      ...further.map((room) => this.#public(room)),
    ];
    this.#choices = wanted ? choices.sort((a, b) => a.rank - b.rank) : choices;
    this.#options.show(this.#choices.map(({ item }) => item), typed === this.#typed ? before : 0);
    this.#typed = typed;
    this.#none.textContent = done && !this.#choices.length ? "No room and nobody is called so." : "";
  }
  #typed = "";

  /** @param {Room} room @param {string} wanted @returns {Choice} */
  #room(room, wanted) {
    const { chat } = this.#screen;
    const rank = fitting(room, chat.titleOf(room), wanted) + (room.archived ? LATER : 0);
    const item = option(signOf(room, chat), room.archived ? "archived" : "");
    /** @type {HTMLElement} */ (item.querySelector(".count")).textContent = figure(room.unread);
    return { item, rank, room: () => room.id };
  }

  /** @param {Person} person @param {string} wanted @returns {Choice} */
  #person(person, wanted) {
    const item = personOption(person, this.#screen.chat, "message");
    return { item, rank: fit(fold(person.name), wanted), room: () => conversationWith(this.#screen, [person.id]) };
  }

  /** @param {PublicRoom} room @returns {Choice} */
  #public({ id, name }) {
    const join = async () => {
      await request("PUT", `/api/rooms/${id}/members/${this.#screen.chat.me.id}`);
      return id;
    };
    return { item: option({ title: name, kind: "public", person: 0, online: false }, "join"), rank: LATER, room: join };
  }

  /** @param {number} at */
  async #go(at) {
    const choice = this.#choices[at];
    if (!choice) return;
    try {
      const room = await choice.room();
      this.#dialog.close();
      this.#screen.whereabouts.enter(room);
    } catch (error) {
      this.#none.textContent = reason(error);
    }
  }
}

/** @param {Chat} chat @param {number} id */
function hasConversation(chat, id) {
  return chat.rooms.some(({ others, quiet }) => others.length === 1 && others[0] === id && !quiet);
}

/** How well a room fits what was typed; negative: not at all. @param {Room} room @param {string} title @param {string} wanted  folded */
function fitting({ others }, title, wanted) {
  const rank = fit(fold(title), wanted);
  return rank < 0 || others.length < 2 ? rank : rank + AMONG;
}

/** @param {Room} room @param {Room} open */
function rest(room, open) {
  if (room === open) return 2;
  return room.unread.count ? 0 : 1;
}
