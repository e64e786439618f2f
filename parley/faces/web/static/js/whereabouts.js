/** @import {Room} from "./room.js" */

import { numberOf, pathOf } from "./address.js";

const LATELY = 20; // rooms
const SHORTLY = 1_000; // milliseconds: the socket may tell of a seat before the answer to who asked for it comes

/**
 * @typedef {object} Page
 * @property {(room: number) => boolean} isIn  whether this person is in it
 * @property {(path: string) => void} arrived  the room to which this leads was waited for, and is there
 * @property {(sentence: string) => void} notice
 */

/** Which rooms this person comes from, waits to get into, and is about to leave. */
export class Whereabouts {
  /** The rooms that were open, the latest first. @type {number[]} */
  lately = [];
  /** Where this person wants to go; empty when they are there. */
  #awaited = "";
  #went = 0;
  #leaving = 0;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }
  #page;

  /** A room is shown. @param {number} id */
  opened(id) {
    this.lately = [id, ...this.lately.filter((each) => each !== id)].slice(0, LATELY);
  }

  /** Go to a room that this person has just got a seat in, or to what is in it, as soon as the socket says so. @param {number|string} where */
  enter(where) {
    this.#awaited = typeof where === "number" ? pathOf(where) : where;
    this.#went = numberOf(this.#awaited);
    this.arrive();
  }

  /** To the room that is waited for, if it has come. */
  arrive() {
    const path = this.#awaited;
    if (!path || !this.#page.isIn(numberOf(path))) return;
    this.#awaited = "";
    this.#page.arrived(path);
  }

  /** This person has a seat in a room: news, unless they asked for it. @param {Room} room */
  seated({ id, name }) {
    setTimeout(() => {
      if (id === this.#went) this.#went = 0;
      else if (name) this.#page.notice(`You are in “${name}” now.`);
    }, SHORTLY);
  }

  /** This person is about to leave a room: no news to them. @param {number} id  0: they do not */
  leaving(id) {
    this.#leaving = id;
  }

  /** What to say of a room that is none of theirs, or no longer. @param {number} id @param {string} [name]  if it was */
  lost(id, name) {
    const gone = id === this.#leaving ? "You have left" : "You are no longer in";
    this.#leaving = this.#went = 0;
    return name ? `${gone} “${name}”.` : "There is no such room, or you are not in it.";
  }
}
