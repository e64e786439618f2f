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
 */

/** The database, and the key in its `about`. */
export const NAME = "parley";
const PATIENCE = 1_000; // milliseconds that a page waits for the disk before it begins without

/**
 * What this browser keeps of whoever was signed in last (`memory.js` writes it); null for nothing, and when the disk takes
 * too long or may not be used: then everything is as on a first visit.
 * @returns {Promise<Recalled|null>}
 */
export function recall() {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  return Promise.race([read().catch(() => null), /** @type {Promise<null>} */ (late)]);
}

async function read() {
  const reading = (await opened()).transaction(["about", "rooms"]);
  const asked = [reading.objectStore("about").get(NAME), reading.objectStore("rooms").getAll()];
  const [about, rooms] = await Promise.all(asked.map(answer));
  return about ? { about, rooms } : null;
}

/** @returns {Promise<IDBDatabase>} */
export async function opened() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("about");
    opening.result.createObjectStore("rooms", { keyPath: "shape.id" });
  };
  const database = await answer(opening);
  database.onversionchange = () => database.close();
  return database;
}

/** @param {IDBRequest} asked @returns {Promise<any>} */
export function answer(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
