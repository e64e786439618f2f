const OFTEN = 3_000; // milliseconds between two read positions sent
const MANY = 3;

/**
 * What the reader has seen: the count in the title while the page is hidden, the line above what is new, the
 * read position for the server, and what a screen reader is told.
 */
export class Reader {
  #unseen = 0;
  #sent = 0;
  #timer = 0;
  /** @type {string[]} */
  #news = [];
  #telling = 0;

  /**
   * @param {HTMLElement} announcer  a live region
   * @param {{atBottom: () => boolean, cursor: () => number, fresh: (after: number) => boolean,
   *   send: (seq: number) => boolean, changed: () => void}} page
   */
  constructor(announcer, page) {
    this.#announcer = announcer;
    this.#page = page;
    document.addEventListener("visibilitychange", () => this.#turned());
  }
  #announcer;
  #page;

  /** Others' messages above this seq get the line "New" above them; Infinity for none. */
  seen = Infinity;

  /** The server's word on how far this person has read, on any device. @param {number} seq @param {number} head */
  welcome(seq, head) {
    if (this.#sent === 0 && seq > 0 && seq < head) this.seen = seq;
    this.moved(seq);
  }

  /** The log is another one, or ends earlier: its numbers begin anew. */
  setBack() {
    this.#sent = 0;
    this.seen = Infinity;
  }

  /** The read position moved, perhaps on another device. @param {number} seq */
  moved(seq) {
    this.#sent = Math.max(this.#sent, seq);
    if (seq >= this.#page.cursor()) this.#count(0);
  }

  /** Somebody else has written. */
  arrived() {
    if (document.hidden) this.#count(this.#unseen + 1);
  }

  /** The reader has written, and so has seen what is above. */
  wrote() {
    this.seen = Infinity;
  }

  /** Tell the server, not too often, how far this person has read. */
  read() {
    if (this.#timer || document.hidden || !this.#page.atBottom() || this.#page.cursor() <= this.#sent) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      const seq = this.#page.cursor();
      if (!document.hidden && this.#page.atBottom() && this.#page.send(seq)) this.#sent = seq;
    }, OFTEN);
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

  #turned() {
    if (document.hidden) {
      if (this.#page.atBottom()) this.seen = this.#page.cursor();
    } else {
      if (!this.#page.fresh(this.seen)) this.seen = Infinity;
      this.#count(0);
      this.read();
    }
    this.#page.changed();
  }

  /** @param {number} unseen */
  #count(unseen) {
    this.#unseen = unseen;
    document.title = unseen ? `(${unseen}) Parley` : "Parley";
  }
}
