/** @import {Screen} from "../screen.js" */
/** @import {Room} from "../room.js" */

import { figure } from "../badge.js";
import { nameOf, showRoom, sorted } from "../rooms-list.js";

const SHOWN = 12;

/**
 * The rooms that somebody may mean who typed this: names that begin with it first, then words, then any part. Case and
 * accents do not matter. Nothing typed: what is unread first, and the open room last. Pure.
 * @param {Iterable<Room>} rooms
 * @param {Room} open
 * @param {string} typed
 */
export function meant(rooms, open, typed) {
  const wanted = fold(typed.trim());
  const ranked = sorted(rooms).map((room) => ({ room, rank: wanted ? fit(fold(nameOf(room)), wanted) : rest(room, open) }));
  return ranked.filter(({ rank }) => rank >= 0).sort((a, b) => a.rank - b.rank).map(({ room }) => room);
}

/** A window in which one types a part of a room's name and goes there by Enter. */
export default class Switcher {
  /** @type {Room[]} */
  #found = [];
  #at = 0;

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
    this.#list = /** @type {HTMLElement} */ (dialog.querySelector("[role=listbox]"));
    this.#none = /** @type {HTMLElement} */ (dialog.querySelector("[role=status]"));
    this.#field.addEventListener("input", () => this.#look());
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", ({ target }) => {
      const option = /** @type {Element} */ (target).closest("[role=option]");
      if (option) this.#go([...this.#list.children].indexOf(option));
    });
  }
  #dialog;
  #screen;
  #field;
  #list;
  #none;

  /** It opens. */
  show() {
    this.#field.value = "";
    this.#look();
  }

  #look() {
    this.#found = meant(this.#screen.chat.rooms, this.#screen.room, this.#field.value).slice(0, SHOWN);
    this.#none.textContent = this.#found.length ? "" : "None of your rooms is called so.";
    this.#list.hidden = !this.#found.length;
    this.#field.ariaExpanded = String(!this.#list.hidden);
    this.#list.replaceChildren(...this.#found.map(option));
    this.#point(0);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) this.#point((this.#at + step + this.#found.length) % this.#found.length);
    else if (event.key === "Enter") this.#go(this.#at);
    else return;
    event.preventDefault();
  }

  /** @param {number} at */
  #point(at) {
    this.#at = at || 0;
    [...this.#list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === this.#at)));
    const pointed = this.#list.children[this.#at];
    pointed?.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", pointed?.id ?? "");
  }

  /** @param {number} at */
  #go(at) {
    const room = this.#found[at];
    if (!room) return;
    this.#dialog.close();
    this.#screen.open(room.id);
  }
}

/** @param {Room} room */
function option(room) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("option"));
  const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  item.id = `option-${room.id}`;
  showRoom(item, nameOf(room), room.kind);
  /** @type {HTMLElement} */ (item.querySelector(".count")).textContent = figure(room.unread);
  return item;
}

/** @param {Room} room @param {Room} open */
function rest(room, open) {
  if (room === open) return 2;
  return room.unread.count ? 0 : 1;
}

/** How well a name fits; negative: not at all. @param {string} name @param {string} wanted */
function fit(name, wanted) {
  const at = name.indexOf(wanted);
  if (at <= 0) return at;
  return name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 1 : 2;
}

/** @param {string} text */
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
