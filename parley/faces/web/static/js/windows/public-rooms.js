import { compareNames } from "../collation.js";
import { fit, fold } from "./folding.js";
import { request } from "../api.js";

/** @typedef {{id: number, name: string, topic: string, members: number}} PublicRoom */

const PAGE = 200;
const PAGES = 10; // beyond two thousand rooms nobody looks through a list
const FRESH = 30_000; // milliseconds

/** @type {Promise<PublicRoom[]>|null} */
let rooms = null;
let asked = -Infinity;

/**
 * The public rooms that this person may join; asked for again when the last answer is older than half a minute.
 * @param {boolean} [afresh]  ask in any case
 * @returns {Promise<PublicRoom[]>}
 */
export function publicRooms(afresh = false) {
  if (!rooms || afresh || performance.now() - asked > FRESH) {
    asked = performance.now();
    rooms = load();
    rooms.catch(() => (rooms = null));
  }
  return rooms;
}

/** Those in whose name or topic this is, the likeliest first; all of them by name, when nothing was typed. Pure.
 * @param {PublicRoom[]} rooms @param {string} typed */
export function fitting(rooms, typed) {
  const wanted = fold(typed.trim());
  const ranked = rooms.map((room) => ({ room, rank: wanted ? rankOf(room, wanted) : 0 })).filter(({ rank }) => rank >= 0);
  return ranked.sort((a, b) => a.rank - b.rank || compareNames(a.room.name, b.room.name)).map(({ room }) => room);
}

/** @param {PublicRoom} room @param {string} wanted */
function rankOf({ name, topic }, wanted) {
  const byName = fit(fold(name), wanted);
  return byName >= 0 || !fold(topic).includes(wanted) ? byName : 3;
}

/** @returns {Promise<PublicRoom[]>} */
async function load() {
  /** @type {PublicRoom[]} */
  const found = [];
  for (let page = 0; page < PAGES; page += 1) {
    const after = found.at(-1)?.id ?? 0;
    const { rooms, more } = await request("GET", `/api/rooms?public=1&after=${after}&limit=${PAGE}`);
    found.push(...rooms);
    if (!more) break;
  }
  return found;
}
