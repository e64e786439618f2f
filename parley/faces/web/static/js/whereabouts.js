/** @import {Room} from "./room.js" */

const LATELY = 20; // rooms

/**
 * @typedef {object} Page
 * @property {(room: number) => boolean} isIn  whether this person is in it
 * @property {(room: number) => void} arrived  the room that was waited for is there
 * @property {(sentence: string) => void} notice
 */

/** Which rooms this person comes from, waits to get into, and is about to leave. */
export class Whereabouts {
  /** The rooms that were open, the latest first. @type {number[]} */
  lately = [];
  #awaited = 0;
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

  /** Go to a room that this person has just got a seat in, as soon as the socket says so. @param {number} id */
  enter(id) {
    this.#awaited = id;
    this.arrive();
  }

  /** To the room that is waited for, if it has come. */
  arrive() {
    const room = this.#awaited;
    if (!this.#page.isIn(room)) return;
    this.#awaited = 0;
    this.#page.arrived(room);
  }

  /** This person has a seat in a room: news, unless they asked for it. @param {Room} room */
  seated({ id, name }) {
    if (id !== this.#awaited && name) this.#page.notice(`You are in “${name}” now.`);
  }

  /** This person is about to leave a room: no news to them. @param {number} id  0: they do not */
  leaving(id) {
    this.#leaving = id;
  }

  /** What to say of a room that is none of theirs, or no longer. @param {number} id @param {string} [name]  if it was */
  lost(id, name) {
    const gone = id === this.#leaving ? "You have left" : "You are no longer in";
    this.#leaving = 0;
    return name ? `${gone} “${name}”.` : "There is no such room, or you are not in it.";
  }
}
