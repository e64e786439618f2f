/** @import {Context} from "./message.js" */
/** @import {Row} from "./rows.js" */

import { ChatMessage } from "./message.js";
import { dayOf } from "./time.js";

const NEAR_TOP = 900; // pixels: older messages are asked for before the reader gets there
const NEAR_BOTTOM = 48;

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

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} content  the scroller's child that holds the rows
   * @param {{older: () => void, moved: () => void}} listener  `older`: more history is wanted
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
   */
  show(rows, context, older) {
    this.#older = older;
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
    this.#settle();
  }

  /** Go to the newest line. */
  toBottom() {
    this.pinned = true;
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
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.pinned = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
    this.#remember(() => true);
    if (this.#older && scrollTop < NEAR_TOP) this.#listener.older();
    this.#listener.moved();
  }

  /** Note where the first line in view that will stay is. @param {(element: Element) => boolean} stays */
  #remember(stays) {
    const top = this.scroller.getBoundingClientRect().top;
    const rows = this.content.children;
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {Element} */ (rows[middle]).getBoundingClientRect().bottom > top) high = middle;
      else low = middle + 1;
    }
    while (low < rows.length && !stays(/** @type {Element} */ (rows[low]))) low += 1;
    // The text, not the row: the name above it goes when an older message of the same author comes before it.
    const element = rows[low]?.querySelector("[data-part=text]") ?? rows[low];
    this.#anchor = element ? { element, top: element.getBoundingClientRect().top - top } : null;
  }

  /** Bring the view back to where it was, after anything changed its height. */
  #settle() {
    const { scroller } = this;
    if (this.pinned) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (this.#anchor?.element.isConnected) {
      const top = this.#anchor.element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      scroller.scrollTop += top - this.#anchor.top;
    }
    if (this.#older && scroller.scrollTop < NEAR_TOP) this.#listener.older();
    this.#listener.moved();
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
