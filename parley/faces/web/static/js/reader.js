/** @import {Room} from "./room.js" */
/** @import {ClientFrame} from "./wire.js" */

const OFTEN = 3_000; // milliseconds between two read positions sent while messages come
const PROMPT = 1_000; // the same where each message is notified: another device waits for it (`notifier.js`)
const SOON = 300; // until the first
const MANY = 3;

/**
 * What the reader reads: whatever is in view while the page is visible and has the focus. Their position goes to the
 * server, and so to their other devices; and a screen reader is told what is new.
 */
export class Reader {
  #timer = 0;
  #due = Infinity;
  #flushed = -Infinity;
  /** @type {string[]} */
  #news = [];
  #telling = 0;

  /**
   * @param {HTMLElement} announcer  a live region
   * @param {object} page
   * @param {() => Room} page.room
   * @param {() => Iterable<Room>} page.rooms
   * @param {() => boolean} page.visible  whether the room is shown
   * @param {() => number} page.seen  the seq up to which it has been in view
   * @param {(frame: ClientFrame) => boolean} page.send
   * @param {() => void} page.changed
   */
  constructor(announcer, page) {
    this.#announcer = announcer;
    this.#page = page;
    for (const name of ["visibilitychange", "focus", "blur", "pagehide"]) {
      (name === "visibilitychange" ? document : window).addEventListener(name, () => this.#turned());
    }
  }
  #announcer;
  #page;

  /** Whether somebody looks at the room. */
  get attending() {
    return !document.hidden && document.hasFocus() && this.#page.visible();
  }

  /** What is in view has been read, if somebody looks; the server is told soon. */
  read() {
    const room = this.#page.room();
    // What was kept of it is shown at its end, until it is known what is new.
    if (this.attending && !room.held && room.awaited === null) this.#reach(room, this.#page.seen());
  }

  /** What stands at this place is unread again, with all that follows. @param {Room} room @param {number} place */
  mark(room, place) {
    room.mark(place);
    this.flush();
    this.#page.changed();
  }

  /** All rooms are read, as far as they are known. */
  readAll() {
    for (const room of this.#page.rooms()) {
      this.#reach(room, Math.max(room.timeline.cursor ?? 0, room.timeline.head));
      room.leave();
    }
    this.flush();
    this.#page.changed();
  }

  /** Tell the server now what it does not know. */
  flush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#due = Infinity;
    this.#flushed = performance.now();
    for (const { id, position } of this.#page.rooms()) position.tell(id, this.#page.send);
  }

  /** Have a screen reader say this, or how much there was if it is more than one can listen to. @param {string} text */
  tell(text) {
    this.#news.push(text);
    this.#telling ||= setTimeout(() => {
      this.#announcer.textContent = this.#news.length > MANY ? `${this.#news.length} new messages` : this.#news.join("\n");
      this.#news = [];
      this.#telling = 0;
    }, 400);
  }

  /** @param {Room} room @param {number} seq */
  #reach(room, seq) {
    if (!room.position.advance(seq)) return;
    const now = performance.now();
    const due = Math.max(now + SOON, this.#flushed + (room.kind === "direct" || room.notify === "everything" ? PROMPT : OFTEN));
    if (due < this.#due) {
      clearTimeout(this.#timer);
      this.#due = due;
      this.#timer = setTimeout(() => this.flush(), due - now);
    }
    this.#page.changed();
  }

  #turned() {
    this.read();
    this.flush();
  }
}
