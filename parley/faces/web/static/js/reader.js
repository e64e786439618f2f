/** @import {Room} from "./room.js" */

const OFTEN = 3_000; // milliseconds between two read positions sent while messages come
const MANY = 3;

/**
 * What the reader reads: whatever is in view while the page is visible and has the focus. Their position goes to the
 * server, and so to their other devices; and a screen reader is told what is new.
 */
export class Reader {
  /** Rooms whose position the server does not know yet. @type {Set<Room>} */
  #unsent = new Set();
  #timer = 0;
  /** @type {string[]} */
  #news = [];
  #telling = 0;

  /**
   * @param {HTMLElement} announcer  a live region
   * @param {object} page
   * @param {() => Room} page.room
   * @param {() => boolean} page.visible  whether the room is shown
   * @param {() => number} page.seen  the seq up to which it has been in view
   * @param {(room: number, seq: number) => boolean} page.send
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
    if (this.attending) this.#reach(this.#page.room(), this.#page.seen());
  }

  /** All of these rooms are read, as far as they are known. @param {Iterable<Room>} rooms */
  readAll(rooms) {
    for (const room of rooms) {
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
    for (const room of this.#unsent) if (this.#page.send(room.id, room.read)) this.#unsent.delete(room);
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
    if (!room.advance(seq)) return;
    this.#unsent.add(room);
    this.#timer ||= setTimeout(() => this.flush(), OFTEN);
    this.#page.changed();
  }

  #turned() {
    this.read();
    this.flush();
  }
}
