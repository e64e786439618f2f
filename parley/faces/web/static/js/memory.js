/** @import {About} from "./recall.js" */
/** @import {Kept as KeptRoom} from "./room.js" */

import { NAME, answer, opened } from "./recall.js";

/**
 * @typedef {object} Changes
 * @property {About} about
 * @property {KeptRoom[]} rooms  as they are now; others stay as they are
 * @property {number[]} ids  of all rooms to keep: any other is forgotten
 */

/**
 * What this browser keeps of one person over reloads: IndexedDB. A page of the server `claim`s it for whom the server has
 * signed in, and that forgets anybody else; signing out forgets all. Whoever has not claimed it writes nothing, so a
 * tab that hears of a sign-out late leaves nothing behind. Where nothing can be stored, nothing is kept.
 */
export class Memory {
  /** @type {Promise<IDBDatabase>|null} */
  #opened = null;

  /** It is this person's from now on, and nothing of anybody else's is in it. @param {Pick<About, "me"|"general">} whose */
  async claim(whose) {
    await this.#change(async (about, rooms) => {
      if ((await answer(about.get(NAME)))?.me.id === whose.me.id) return;
      rooms.clear();
      about.put({ ...whose, epoch: "", at: 0, people: [] }, NAME);
    });
  }

  /** Keep this, if the memory is still this person's. @param {Changes} changes */
  async keep({ about, rooms, ids }) {
    await this.#change(async (abouts, kept) => {
      const owner = await answer(abouts.get(NAME));
      if (owner?.me.id !== about.me.id) return;
      for (const id of await answer(kept.getAllKeys())) if (!ids.includes(id) || owner.epoch !== about.epoch) kept.delete(id);
      for (const room of rooms) kept.put(room);
      abouts.put(about, NAME);
    });
  }

  /** Forget everything. */
  async clear() {
    await this.#change((about, rooms) => {
      about.clear();
      rooms.clear();
    });
  }

  /** @param {(about: IDBObjectStore, rooms: IDBObjectStore) => void|Promise<void>} change */
  async #change(change) {
    try {
      const writing = (await (this.#opened ??= opened())).transaction(["about", "rooms"], "readwrite");
      const done = new Promise((resolve, reject) => {
        writing.oncomplete = resolve;
        writing.onabort = reject;
      });
      await Promise.all([change(writing.objectStore("about"), writing.objectStore("rooms")), done]);
    } catch {
      this.#opened = null; // full, forbidden, or taken away: perhaps it works the next time
    }
  }
}
