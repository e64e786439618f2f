/** @import {Timeline} from "./timeline.js" */
/** @import {Message} from "./wire.js" */

const SPARE = 500; // changes out of sight that are kept for a page that may be on its way

/**
 * A stretch of a room's log around an old place, apart from the timeline, which reaches down from the head. Pure.
 *
 * `start` and `end`: every message whose place is between them is here. It hears of each change that the timeline hears
 * of, from before its first page was asked for, and keeps the later state of each message; so what it shows is what a
 * fresh load would. When it reaches the timeline, that takes it in.
 */
export class Island {
  /** @type {Map<number, Message>} */
  #messages = new Map();
  /** @type {Message[]|null} */
  #listed = null;
  /** What was shown when it became doubtful, until another first page comes. @type {Message[]|null} */
  #doubted = null;
  #unseen = 0; // changes out of sight, since such were forgotten

  /** @param {number} room @param {number} [spare]  how many changes out of sight it keeps */
  constructor(room, spare = SPARE) {
    this.room = room;
    this.#spare = spare;
    /** Whether its first page is here. */
    this.ready = false;
    /** The first place that is here; 0 when there is nothing older. */
    this.start = 0;
    this.end = 0;
    /** Grows whenever what was loaded counts no longer, so that answers to older questions can be told. */
    this.generation = 0;
  }
  #spare;

  /** Whether there is history before what is loaded. */
  get older() {
    return this.ready && !this.doubtful && this.start > 0;
  }

  /** Whether changes may have been missed, so that another first page is wanted. */
  get doubtful() {
    return this.#doubted !== null;
  }

  /**
   * The first page, ascending by place, or another one in its stead.
   * @param {{messages: Message[], more: boolean, newer?: boolean, to: number}} page  of `?around=`
   * @param {number} generation  as of the question
   * @returns {boolean} false when it answers a question that is no longer open
   */
  begin({ messages, more, newer = false, to }, generation) {
    if (generation !== this.generation) return false;
    for (const message of messages) this.#put(message);
    this.start = (more && messages[0]?.seq) || 0;
    this.end = (newer && messages.at(-1)?.seq) || to;
    this.generation += 1;
    this.ready = true;
    this.#listed = this.#doubted = null;
    return true;
  }

  /**
   * Merge a page of older messages that was asked for as `before` in `generation`.
   * @param {{before: number, generation: number, messages: Message[], more: boolean}} page
   * @returns {boolean} false when it answers a question that is no longer open
   */
  history({ before, generation, messages, more }) {
    if (generation !== this.generation || before !== this.start || !this.older) return false;
    for (const message of messages) this.#put(message);
    this.start = (more && messages[0]?.seq) || 0;
    this.#listed = null;
    return true;
  }

  /**
   * Merge a page of newer messages that was asked for as `beyond` in `generation`.
   * @param {{beyond: number, generation: number, messages: Message[], more: boolean, to: number}} page
   * @returns {boolean} false when it answers a question that is no longer open
   */
  further({ beyond, generation, messages, more, to }) {
    if (generation !== this.generation || beyond !== this.end || !this.ready || this.doubtful) return false;
    for (const message of messages) this.#put(message);
    this.end = (more && messages.at(-1)?.seq) || Math.max(this.end, to);
    this.#listed = null;
    return true;
  }

  /** A change was heard of; out of sight it is kept for a while, for a page that was read before may be on its way. @param {Message} message */
  take(message) {
    this.#put(message);
    if (message.seq >= this.start && message.seq <= this.end) return;
    this.#unseen += 1;
    if (this.#unseen > this.#spare) this.#forget();
  }

  /** Changes were missed, or the log is another one. */
  doubt() {
    if (this.ready) this.#doubted = this.list();
    this.#messages = new Map();
    this.#unseen = 0;
    this.generation += 1;
  }

  /** Without what is out of sight no page counts that was read before now. */
  #forget() {
    for (const { id, seq } of [...this.#messages.values()]) if (seq < this.start || seq > this.end) this.#messages.delete(id);
    this.#unseen = 0;
    this.generation += 1;
  }

  /** Whether the timeline goes on where this ends, or before. @param {Timeline} timeline */
  touches({ cursor, start }) {
    return this.ready && !this.doubtful && cursor !== null && this.end >= start - 1;
  }

  /** All that is here, deleted or out of sight too. */
  get messages() {
    return this.#messages.values();
  }

  /** The messages that are shown, in order of their places. */
  list() {
    if (this.#doubted) return this.#doubted;
    this.#listed ??= [...this.#messages.values()]
      .filter(({ seq, deleted_at, reply_to }) => seq >= this.start && seq <= this.end && !deleted_at && !reply_to)
      .sort((a, b) => a.seq - b.seq);
    return this.#listed;
  }

  /** @param {number} id */
  find(id) {
    return this.#messages.get(id);
  }

  /** @param {Message} message */
  #put(message) {
    const known = this.#messages.get(message.id);
    if (known && known.changed_seq >= message.changed_seq) return;
    this.#messages.set(message.id, message);
    this.#listed = null;
  }
}
