import { CROWD } from "./people.js";

const MOST = 200; // people that the server takes
const SPOKEN = 100; // of them, those who wrote
const PAUSE = 1_000;

/**
 * Among many people, the server tells of those whom a page shows, and the page has to name them.
 *
 * Whom it names anew it is told at once how they stand, so that whatever was missed before does not matter.
 */
export class Watch {
  /** @type {Set<number>} */
  #named = new Set();
  #timer = 0;

  /**
   * @param {object} page
   * @param {() => number} page.total  how many people are online
   * @param {() => Iterable<number>} page.authors  who wrote what is shown, the newest first, each once
   * @param {() => Iterable<number>} page.listed  who is listed as online
   * @param {(users: number[]) => boolean} page.send  whether it was handed to the network
   */
  constructor(page) {
    this.#page = page;
  }
  #page;

  /** A new socket watches nobody. */
  begin() {
    this.#named = new Set();
    this.soon();
  }

  /** What the page shows may have changed. */
  soon() {
    if (this.#page.total() > CROWD) this.#timer ||= setTimeout(() => this.#name(), PAUSE);
  }

  #name() {
    this.#timer = 0;
    const authors = [...this.#page.authors()].slice(0, SPOKEN);
    const wanted = new Set([...new Set([...authors, ...this.#page.listed()])].slice(0, MOST));
    if (same(wanted, this.#named)) return;
    if (this.#page.send([...wanted])) this.#named = wanted;
  }
}

/** @param {Set<number>} one @param {Set<number>} other */
function same(one, other) {
  return one.size === other.size && [...one].every((each) => other.has(each));
}
