/** @import {Context} from "./message.js" */
/** @import {Row} from "./rows.js" */

import { ChatMessage } from "./message.js";
import { dayOf } from "./time.js";

const NEAR_EDGE = 900; // pixels: further messages are asked for before the reader gets there
const NEAR_BOTTOM = 48;
const BELOW_EDGE = 48; // pixels between the upper edge and the line to which one jumps

/** @typedef {{name: string, top: number}} Place  Where a reader is: a row, and how far below the upper edge it stands. */

/** The line above what is new. @type {Place} */
export const LINE = { name: "fresh", top: BELOW_EDGE };

/**
 * The scrolling log. Elements are kept by the row's name, so that a pending post becomes its message in place.
 *
 * Whoever is at the bottom stays there; for anybody else the line being read keeps its place on the screen,
 * whatever is inserted above it, removed or unfolds.
 */
export class MessageList {
  /** @type {Map<string, Element>} */
  #elements = new Map();
  /** @type {{element: Element, top: number}|null} */
  #anchor = null;
  #older = false;
  #newer = false;
  /** @type {Place|null} */
  #going = null;
  /** @type {(element: ChatMessage) => void} */
  #arrived = () => undefined;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content  the scroller's child that holds the rows
   * @param {{older: () => void, newer?: () => void, moved: () => void}} listener  `older`, `newer`: more is wanted there
   */
  constructor(scroller, content, listener) {
    this.scroller = scroller;
    this.content = content;
    this.#listener = listener;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const observer = new ResizeObserver(() => this.#settle());
    observer.observe(scroller);
    if (scroller.firstElementChild) observer.observe(scroller.firstElementChild);
    scroller.addEventListener("keydown", (event) => this.#walk(event));
  }
  #listener;

  /** Whether the newest line is in view. */
  pinned = true;

  /** How far the newest line is below the view, in screens. */
  get away() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return (scrollHeight - scrollTop - clientHeight) / Math.max(1, clientHeight);
  }

  /**
   * @param {Row[]} rows
   * @param {Context} context
   * @param {boolean} older  whether there is history above
   * @param {boolean} [newer]  whether there are messages below
   */
  show(rows, context, older, newer = false) {
    this.#older = older;
    this.#newer = newer;
    if (newer) this.pinned = false;
    const now = new Date();
    /** @type {Map<string, Element>} */
    const wanted = new Map();
    for (const row of rows) {
      if (row.day) wanted.set(`day ${row.name}`, this.#day(row, now));
      if (row.fresh) wanted.set("fresh", this.#elements.get("fresh") ?? separator("fresh", "New"));
      wanted.set(row.name, this.#elements.get(row.name) ?? new ChatMessage());
    }
    const staying = new Set(wanted.values());
    this.#remember((element) => staying.has(element));
    for (const [name, element] of this.#elements) if (wanted.get(name) !== element) element.remove();
    this.#elements = wanted;

    let next = this.content.firstElementChild;
    for (const element of wanted.values()) {
      if (element === next) next = next.nextElementSibling;
      else this.content.insertBefore(element, next);
    }
    for (const row of rows) /** @type {ChatMessage} */ (wanted.get(row.name)).show(row, context);
    if (this.#going && rows.length) this.#arrive(this.#going);
    this.#settle();
  }

  /** Where the reader is, to come back to; null for the newest line. @returns {Place|null} */
  get place() {
    const { element, top } = this.#anchor ?? {};
    if (this.pinned || !element) return null;
    const [name] = [...this.#elements].find(([, row]) => row.contains(element)) ?? [];
    return name === undefined ? null : { name, top: top ?? 0 };
  }

  /** From now on another room is shown, from this place on. @param {Place|null} place */
  enter(place) {
    for (const element of this.#elements.values()) element.remove();
    this.#elements = new Map();
    this.#anchor = null;
    this.go(place);
  }

  /**
   * Go there as soon as it is drawn.
   * @param {Place|null} place  null for the newest line
   * @param {(element: ChatMessage) => void} [arrived]
   */
  go(place, arrived = () => undefined) {
    this.pinned = place === null;
    if (this.pinned) this.#newer = false; // until that is drawn, no scrolling may say otherwise
    this.#going = place;
    this.#arrived = arrived;
  }

  /** Whether what is shown ends before the newest line. */
  get newer() {
    return this.#newer;
  }

  /** Where the line above what is new stands; null when there is none. @returns {"above"|"here"|"below"|null} */
  get line() {
    const line = this.#elements.get(LINE.name)?.getBoundingClientRect();
    const { top, bottom } = this.scroller.getBoundingClientRect();
    if (!line) return null;
    return line.bottom < top ? "above" : line.top > bottom ? "below" : "here";
  }

  /** Whether it is shown at all: on a phone, the list of rooms may be. */
  get visible() {
    return this.scroller.clientHeight > 0;
  }

  /** The last message of the log that is wholly in view, or above. */
  get lastSeen() {
    for (let at = this.#endsBelow(this.scroller.getBoundingClientRect().bottom + 1) - 1; at >= 0; at -= 1) {
      const element = this.content.children[at];
      if (element instanceof ChatMessage && element.row?.stored) return element.row.message;
    }
    return null;
  }

  /** Go to the newest line. */
  toBottom() {
    this.go(null);
    this.#settle();
  }

  /** @param {string} name @returns {ChatMessage|undefined} */
  element(name) {
    const element = this.#elements.get(name);
    return element instanceof ChatMessage ? element : undefined;
  }

  /** @param {Row} row @param {Date} now */
  #day({ name, message }, now) {
    const label = dayOf(message.created_at, now);
    const known = this.#elements.get(`day ${name}`);
    return known?.textContent === label ? known : separator("day", label);
  }

  #scrolled() {
    if (this.#going || !this.visible) return; // where it is now is nowhere
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.pinned = !this.#newer && scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    this.#remember(() => true);
    this.#want();
    this.#listener.moved();
  }

  /** Note where the first line in view that will stay is. @param {(element: Element) => boolean} stays */
  #remember(stays) {
    const top = this.scroller.getBoundingClientRect().top;
    const rows = this.content.children;
    let low = this.#endsBelow(top);
    // A message, not a line between two: those move when older messages come.
    const holds = (/** @type {Element|undefined} */ row) => row instanceof ChatMessage && stays(row);
    while (low < rows.length && !holds(rows[low])) low += 1;
    // The text, not the row: the name above it goes when an older message of the same author comes before it.
    const element = rows[low]?.querySelector("[data-part=text]") ?? rows[low];
    this.#anchor = element ? { element, top: element.getBoundingClientRect().top - top } : null;
  }

  /** Which row is the first that ends below this height of the screen. @param {number} y */
  #endsBelow(y) {
    const rows = this.content.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {Element} */ (rows[middle]).getBoundingClientRect().bottom > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** @param {Place} place */
  #arrive({ name, top }) {
    const element = this.#elements.get(name);
    const arrived = this.#arrived;
    this.#going = null;
    this.pinned = !element && !this.#newer;
    if (!element) return;
    this.#anchor = { element: element.querySelector("[data-part=text]") ?? element, top };
    this.#settle();
    this.#scrolled(); // perhaps all of it is in view
    if (element instanceof ChatMessage) arrived(element);
  }

  /** Bring the view back to where it was, after anything changed its height. */
  #settle() {
    const { scroller } = this;
    if (this.#going || !this.visible) return;
    if (this.pinned) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (this.#anchor?.element.isConnected) {
      const top = this.#anchor.element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += top - this.#anchor.top;
    }
    this.#want();
    this.#listener.moved();
  }

  /** Ask for what is missing near the view. */
  #want() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    if (this.#older && scrollTop < NEAR_EDGE) this.#listener.older();
    if (this.#newer && scrollHeight - scrollTop - clientHeight < NEAR_EDGE) this.#listener.newer?.();
  }

  /** Arrow keys go from message to message. @param {KeyboardEvent} event */
  #walk(event) {
    const target = /** @type {Element} */ (event.target);
    const current = target instanceof ChatMessage ? target : null;
    if ((!current && target !== this.scroller) || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const messages = [...this.content.querySelectorAll("chat-message")];
    const step = event.key === "ArrowUp" ? -1 : 1;
    const next = current ? messages[messages.indexOf(current) + step] : messages.at(-1);
    if (!(next instanceof ChatMessage)) return;
    event.preventDefault();
    next.focus();
  }
}

/** @param {string} kind @param {string} label */
function separator(kind, label) {
  const element = document.createElement("div");
  element.className = `separator ${kind}`;
  element.setAttribute("role", "separator");
  element.setAttribute("aria-label", label);
  const text = document.createElement("span");
  text.textContent = label;
  element.append(text);
  return element;
}
