/** @import {Message, ThreadEvent, Welcome} from "./wire.js" */

/**
 * Which threads this person follows, how far they have read them, and where others have replied: what the server says of
 * the first two, and what the logs say of the last. A thread is named by its root. Pure.
 */
export class Threads {
  /** @type {Map<number, {room: number, read: number}>} */
  #followed = new Map();
  /** The places of others' replies, by root. @type {Map<number, Set<number>>} */
  #replies = new Map();
  /** Threads with something unread that the server did not name. */
  #more = 0;

  /** @param {number} me */
  constructor(me) {
    this.me = me;
  }

  /** What the server says when it begins to listen. @param {Pick<Welcome, "threads"|"more_threads">} welcome */
  begin({ threads = [], more_threads = 0 }) {
    this.#followed = new Map(threads.map(({ id, room, read }) => [id, { room, read }]));
    this.#replies = new Map(threads.map(({ id, seq }) => [id, new Set([seq])]));
    this.#more = more_threads;
  }

  /** How this person stands to a thread from now on. @param {Omit<ThreadEvent, "type">} event */
  stand({ room, thread, following, read }) {
    if (following) this.#followed.set(thread, { room, read: Math.max(read, this.#followed.get(thread)?.read ?? 0) });
    else this.#followed.delete(thread);
  }

  /** A message as a log has it now. @param {Message} message */
  take({ reply_to, seq, author, deleted_at }) {
    if (!reply_to || author === this.me) return;
    const places = this.#replies.get(reply_to) ?? new Set();
    this.#replies.set(reply_to, places);
    if (deleted_at) places.delete(seq);
    else places.add(seq);
    // Of what nobody follows only the latest may matter: its `thread` is on the way.
    if (!this.#followed.has(reply_to) && places.size > 1) this.#replies.set(reply_to, new Set([Math.max(...places)]));
  }

  /**
   * This person has read a thread up to here, on this device or another.
   * @param {number} root
   * @param {number} seq
   * @returns {boolean} whether something was unread until now
   */
  read(root, seq) {
    const followed = this.#followed.get(root);
    if (!followed || seq <= followed.read) return false;
    const before = this.#unread(root);
    followed.read = seq;
    for (const place of this.#replies.get(root) ?? []) if (place <= seq) this.#replies.get(root)?.delete(place);
    return before.some((place) => place <= seq);
  }

  /** This person has lost their seat in a room. @param {number} room */
  leave(room) {
    for (const [root, followed] of this.#followed) if (followed.room === room) this.#followed.delete(root);
  }

  /** Whether something is new under this root. @param {number} root */
  isUnread(root) {
    return this.#unread(root).length > 0;
  }

  /** Whether this person follows it, as far as is known here. @param {number} root */
  follows(root) {
    return this.#followed.has(root);
  }

  /** Up to where a followed thread was read; Infinity for one that is not followed. @param {number} root */
  position(root) {
    return this.#followed.get(root)?.read ?? Infinity;
  }

  /** In how many threads there is something new. */
  get count() {
    return [...this.#followed.keys()].filter((root) => this.isUnread(root)).length + this.#more;
  }

  /** @param {number} root */
  #unread(root) {
    const read = this.position(root);
    return [...(this.#replies.get(root) ?? [])].filter((place) => place > read);
  }
}
