/** @import {Told} from "./mentions.js" */
/** @import {Room} from "./room.js" */
/** @import {Count} from "./unread.js" */

const MOST = 100; // rooms in one question
const PATIENCE = 3_000; // milliseconds until a question is asked again whose answer did not settle it

/** Asks the server how much is unread in the rooms that have more than what is loaded: one question for all of them. */
export class Counts {
  #asking = false;
  #timer = 0;
  #notBefore = 0;

  /**
   * @param {object} page
   * @param {() => Iterable<Room>} page.rooms
   * @param {(rooms: number[]) => Promise<Array<Count & Told & {room: number}>>} page.ask
   * @param {() => void} page.changed
   */
  constructor({ rooms, ask, changed }) {
    this.#rooms = rooms;
    this.#ask = ask;
    this.#changed = changed;
  }
  #rooms;
  #ask;
  #changed;

  /** Something may have changed. */
  soon() {
    if (!this.#timer && !this.#asking) this.#timer = setTimeout(() => void this.#look(), this.#notBefore - Date.now());
  }

  async #look() {
    this.#timer = 0;
    const open = [...this.#rooms()].filter(({ uncounted }) => uncounted).slice(0, MOST);
    if (!open.length) return;
    this.#asking = true;
    const states = new Map(open.map((room) => [room.id, { room, loaded: room.timeline.generation }]));
    try {
      for (const count of await this.#ask([...states.keys()])) {
        const { room, loaded } = states.get(count.room) ?? {};
        room?.count({ ...count, loaded: loaded ?? 0 });
      }
    } catch {
      // it is asked again
    }
    this.#asking = false;
    this.#notBefore = open.some(({ uncounted }) => uncounted) ? Date.now() + PATIENCE : 0; // what was read here may be on its way to the server
    this.#changed();
  }
}
