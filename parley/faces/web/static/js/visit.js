/** @import {Finder} from "./finder.js" */
/** @import {MessageList, Place} from "./message-list.js" */
/** @import {Room} from "./room.js" */

import { LINE } from "./message-list.js";

/**
 * @typedef {object} Page
 * @property {MessageList} list
 * @property {() => Room} room  the one that is shown
 * @property {() => void} draw
 * @property {(sentence: string) => void} notice
 * @property {(text: string) => void} tell  to a screen reader
 * @property {(room: number) => void} replace  the address is that of the room now
 * @property {(root: number) => void} thread  go to a thread of it
 */

/** Where the reader is in a room: at its newest line, where they left it, or at a message that the address names. */
export class Visit {
  /** Where the reader was in the rooms they have left, or before they went to a message. @type {Map<number, Place|null>} */
  #places = new Map();
  #sought = 0;
  #seeking = false;
  /** @type {Finder|null} */
  #finder = null;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }
  #page;

  /** Whether the reader is at a message that the address names, or on the way there. */
  get atMessage() {
    return this.#sought > 0;
  }

  /** Whether what is in view says nothing of what has been read: old history, or what is seen on the way to it. */
  get aside() {
    const { timeline } = this.#page.room();
    return this.#seeking || timeline.shown !== timeline;
  }

  /** Another room is shown instead of this one. @param {Room} before @param {Place|null} place  where the reader was in it */
  enter(before, place) {
    if (!this.#sought) this.#places.set(before.id, place);
    this.#sought = 0;
    const { list, room } = this.#page;
    list.enter(this.#places.get(room().id) ?? (room().line === Infinity ? null : LINE));
  }

  /** The open room has its first page. */
  begun() {
    if (!this.#sought && this.#page.room().line !== Infinity) this.#page.list.go(LINE);
  }

  /**
   * The address names a message of the open room, or none.
   * @param {number} message  0 for none
   * @param {boolean} anew  somebody has just gone there
   */
  follow(message, anew) {
    const before = this.#sought;
    this.#sought = message;
    if (message && (anew || message !== before)) void this.#seek(message, before === 0);
    else if (!message && before) this.#return();
  }

  /** Something was drawn: what is shown may have missed changes. */
  drawn() {
    this.#finder?.renew();
  }

  /** More is wanted below. */
  further() {
    void this.#finder?.further();
  }

  /** To the newest line. @returns {boolean} whether the address named a message */
  toNewest() {
    const { list, room } = this.#page;
    const named = this.atMessage;
    this.#places.delete(room().id);
    if (named) this.#return();
    list.toBottom();
    return named;
  }

  /** Back to where one was before one went to a message. */
  #return() {
    const { draw, list, room } = this.#page;
    this.#sought = 0;
    this.#seeking = false;
    room().timeline.island = null;
    list.go(this.#places.get(room().id) ?? null);
    draw();
  }

  /** @param {number} message @param {boolean} leaving  a place to come back to */
  async #seek(message, leaving) {
    const { list, room, replace, notice, thread } = this.#page;
    const { id } = room();
    if (leaving && (list.place || list.pinned)) this.#places.set(id, list.place);
    this.#seeking = true;
    const { Finder } = await import("./finder.js").catch(() => ({ Finder: null }));
    if (Finder) this.#finder ??= new Finder(this.#page);
    if (this.#sought !== message || room().id !== id) return;
    const found = this.#finder ? await this.#finder.seek(room(), message) : { problem: "The message could not be loaded. Try again.", root: 0 };
    if (this.#sought !== message || room().id !== id) return;
    this.#seeking = false;
    if (!found.problem && !found.root) return;
    this.#return();
    replace(id);
    if (found.root) thread(found.root);
    else notice(found.problem);
  }
}
