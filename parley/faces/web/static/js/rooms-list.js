/** @import {Room} from "./room.js" */

import { figure } from "./badge.js";
import { pathOf } from "./address.js";

const ORDER = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
/** @type {Record<string, string>} */
const ICONS = { private: "#icon-lock", direct: "#icon-person" };

/** What to call a room. @param {Room} room */
export function nameOf({ name, kind }) {
  return name || (kind === "direct" ? "Direct messages" : "");
}

/** Rooms in the order in which they are listed. @param {Iterable<Room>} rooms */
export function sorted(rooms) {
  const rank = (/** @type {Room} */ { kind }) => Number(kind === "direct");
  const named = [...rooms].filter((room) => nameOf(room));
  return named.sort((a, b) => rank(a) - rank(b) || ORDER.compare(a.name, b.name));
}

/** This person's rooms, at the side; on a phone, a screen of its own. */
export class RoomsList {
  #drawn = "";

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }
  #list;

  /** @param {Iterable<Room>} rooms @param {Room} open */
  show(rooms, open) {
    const lines = sorted(rooms).map((room) => ({
      ...{ id: room.id, name: nameOf(room), kind: room.kind, archived: room.archived },
      ...{ count: figure(room.unread), open: room === open },
    }));
    const drawn = JSON.stringify(lines);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    const known = new Map([...this.#list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset["room"], item]));
    const items = lines.map((line) => {
      const item = /** @type {HTMLElement} */ (known.get(String(line.id)) ?? blank());
      item.dataset["room"] = String(line.id);
      const link = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
      link.href = pathOf(line.id);
      link.classList.toggle("unread", line.count !== "");
      link.classList.toggle("archived", line.archived);
      link.ariaCurrent = line.open ? "page" : null;
      showRoom(link, line.name, line.kind);
      const [count, words] = link.querySelectorAll(".count, .visually-hidden");
      if (count) count.textContent = line.count;
      if (words) words.textContent = line.count && " unread";
      return item;
    });
    for (const item of known.values()) if (!items.includes(/** @type {HTMLElement} */ (item))) item.remove();
    items.forEach((item, at) => {
      if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null);
    });
  }
}

/** The mark and the name of a room. @param {Element} place @param {string} name @param {string} kind */
export function showRoom(place, name, kind) {
  place.querySelector(".kind")?.setAttribute("href", ICONS[kind] ?? "#icon-hash");
  const text = place.querySelector(".name");
  if (text && text.textContent !== name) text.textContent = name;
}

function blank() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("room"));
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}
