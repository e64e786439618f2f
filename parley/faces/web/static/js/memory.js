/** @import {Kept as KeptRoom} from "./room.js" */
/** @import {User} from "./wire.js" */

/**
 * @typedef {object} About  Whose memory it is, and of when.
 * @property {{id: number, name: string}} me
 * @property {number} general
 * @property {string} epoch
 * @property {number} at  when the server was last heard, in milliseconds; 0 for never
 * @property {User[]} people  those who wrote what is kept
 *
 * @typedef {{about: About, rooms: KeptRoom[]}} Recalled
 *
 * @typedef {object} Changes
 * @property {About} about
 * @property {KeptRoom[]} rooms  as they are now; others stay as they are
 * @property {number[]} ids  of all rooms to keep: any other is forgotten
 */

const NAME = "parley";
const PATIENCE = 1_000; // milliseconds that a page waits for the disk before it begins without

/**
 * What this browser keeps of one person over reloads: IndexedDB. A page of the server `claim`s it for whom the server has
 * signed in, and that forgets anybody else; signing out forgets all. Whoever has not claimed it writes nothing, so a
 * tab that hears of a sign-out late leaves nothing behind. Without storage, everything works as on a first visit.
 */
export class Memory {
  /** @type {Promise<IDBDatabase|null>|null} */
  #opened = null;

  /** @param {About["me"]} me @param {number} general @returns {Promise<Recalled|null>} what an earlier page has kept of this person */
  claim(me, general) {
    return this.#within(async () => {
      const known = await this.recall();
      if (known?.about.me.id === me.id) return known;
      await this.#change((about, rooms) => {
        rooms.clear();
        about.put({ me, general, epoch: "", at: 0, people: [] }, NAME);
      });
      return null;
    });
  }

  /** What is kept of whoever was signed in last. @returns {Promise<Recalled|null>} */
  recall() {
    return this.#within(async () => {
      const database = await this.#open();
      if (!database) return null;
      const reading = database.transaction(["about", "rooms"]);
      const about = answer(reading.objectStore("about").get(NAME));
      const rooms = answer(reading.objectStore("rooms").getAll());
      return (await about) ? { about: await about, rooms: await rooms } : null;
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
      const database = await this.#open();
      if (!database) return;
      const writing = database.transaction(["about", "rooms"], "readwrite");
      const done = new Promise((resolve, reject) => {
        writing.oncomplete = resolve;
        writing.onabort = reject;
      });
      await Promise.all([change(writing.objectStore("about"), writing.objectStore("rooms")), done]);
    } catch {
      this.#opened = null; // full, or taken away: perhaps it works the next time
    }
  }

  /** @template T @param {() => Promise<T|null>} ask @returns {Promise<T|null>} null as well when the disk takes too long */
  async #within(ask) {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
    return Promise.race([ask().catch(() => null), /** @type {Promise<null>} */ (late)]);
  }

  #open() {
    this.#opened ??= open();
    return this.#opened;
  }
}

/** @returns {Promise<IDBDatabase|null>} */
function open() {
  return new Promise((resolve) => {
    try {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore("about");
        opening.result.createObjectStore("rooms", { keyPath: "shape.id" });
      };
      opening.onsuccess = () => {
        opening.result.onversionchange = () => opening.result.close();
        resolve(opening.result);
      };
      opening.onerror = () => resolve(null);
    } catch {
      resolve(null); // forbidden here
    }
  });
}

/** @param {IDBRequest} asked @returns {Promise<any>} */
function answer(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
