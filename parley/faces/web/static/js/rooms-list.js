/** @import {Chat} from "./chat.js" */
/** @import {Room} from "./room.js" */

import { arrange } from "./arrange.js";
import { calls, figure } from "./badge.js";
import { pathOf } from "./address.js";
import { sections } from "./sections.js";
import { showPerson } from "./avatar.js";

/** @type {Record<string, string>} */
const ICONS = { private: "#icon-lock", direct: "#icon-people" };

/**
 * @typedef {object} Sign  How a room is shown, wherever it is.
 * @property {string} title
 * @property {string} kind
 * @property {number} person  with whom this is a conversation of two; else 0
 * @property {boolean} online  whether that person is
 */

/** @param {Room} room @param {Chat} chat @returns {Sign} */
export function signOf(room, chat) {
  const [person = 0, ...rest] = room.others;
  const alone = room.kind === "direct" && rest.length === 0 ? person : 0;
  return { title: chat.titleOf(room), kind: room.kind, person: alone, online: chat.people.isOnline(alone) };
}

/** The mark and the name of a room. @param {Element} place @param {Sign} sign */
export function showSign(place, { title, kind, person, online }) {
  const [icon, face, dot] = place.querySelectorAll(".icon, .face, .dot");
  icon?.querySelector(".kind")?.setAttribute("href", ICONS[kind] ?? "#icon-hash");
  icon?.toggleAttribute("hidden", person !== 0);
  face?.toggleAttribute("hidden", person === 0);
  dot?.toggleAttribute("hidden", !online);
  if (person && face instanceof HTMLElement) showPerson(face, person, title);
  const text = place.querySelector(".name");
  if (text && text.textContent !== title) text.textContent = title;
}

/** This person's rooms, at the side; on a phone, a screen of its own. */
export class RoomsList {
  #drawn = "";

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }
  #place;

  /** @param {Chat} chat */
  show(chat) {
    const { room: open } = chat;
    const lines = Object.entries(sections(chat.rooms, open, chat.titleOf)).map(([name, rooms]) => ({
      name,
      rooms: rooms.map((room) => ({
        ...{ id: room.id, archived: room.archived, muted: room.muted, open: room === open },
        ...{ count: figure(room.unread), calls: room.kind === "direct" ? "" : calls(room.mentions) },
        ...signOf(room, chat),
      })),
    }));
    const drawn = JSON.stringify(lines);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    for (const { name, rooms } of lines) this.#section(name, rooms);
  }

  /** @param {string} name @param {(Sign & {id: number, archived: boolean, muted: boolean, count: string, calls: string, open: boolean})[]} lines */
  #section(name, lines) {
    const section = /** @type {HTMLElement} */ (this.#place.querySelector(`[data-section=${name}]`));
    const list = /** @type {HTMLElement} */ (section.querySelector("ul"));
    if (section instanceof HTMLDetailsElement) {
      section.hidden = !lines.length;
      section.open ||= lines.some(({ open }) => open);
    }
    const known = new Map([...list.children].map((item) => [/** @type {HTMLElement} */ (item).dataset["room"], item]));
    const items = lines.map((line) => {
      const item = /** @type {HTMLElement} */ (known.get(String(line.id)) ?? blank());
      item.dataset["room"] = String(line.id);
      const link = /** @type {HTMLAnchorElement} */ (item.firstElementChild);
      link.href = pathOf(line.id);
      link.classList.toggle("unread", line.count !== "");
      link.classList.toggle("direct", line.kind === "direct");
      link.classList.toggle("archived", line.archived);
      link.classList.toggle("muted-room", line.muted);
      link.ariaCurrent = line.open ? "page" : null;
      showSign(link, line);
      const [called, count, words] = link.querySelectorAll(".calls, .count, .visually-hidden");
      if (called) called.textContent = line.calls;
      if (count) count.textContent = line.count;
      const mentioned = line.calls && `, ${line.calls.slice(1)} for you`;
      const muted = line.muted ? ", muted" : "";
      if (words) words.textContent = `${line.count && " unread"}${mentioned}${muted}${line.online ? ", online" : ""}`;
      return item;
    });
    arrange(list, items);
  }
}

function blank() {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("room"));
  return /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
}
