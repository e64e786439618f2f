/** @import {Island} from "./island.js" */
/** @import {Log, Message, MessageEvent} from "./wire.js" */

/**
 * One room as this client knows it: the log, merged. Pure: no page, no network, no clock.
 *
 * Messages are kept by id, each in the state with the highest `changed_seq` seen. `cursor` says that every
 * change up to it has been applied; `start` that every message from that place on is here. What is merged
 * twice, late or in another order changes nothing; what leaves a hole is refused and reported, and asking
 * the server from `cursor` on fills it.
 */
export class Timeline {
  /** @type {Map<number, Message>} */
  #messages = new Map();
  /** @type {Map<string, number>} */
  #keys = new Map();
  /** @type {Message[]|null} */
  #listed = null;

  /** @param {number} room */
  constructor(room) {
    this.room = room;
    /** The last change applied; null until the first page of the log. @type {number|null} */
    this.cursor = null;
    /** The highest seq this client has heard of, applied or not. */
    this.head = 0;
    /** Every message whose place is at or above this is here; 0 when there is nothing older. */
    this.start = 0;
    /** Grows whenever what was loaded is thrown away, so that answers to older questions can be told. */
    this.generation = 0;
    /** States in which messages mentioned somebody whom they no longer do, and until when. @type {{message: Message, until: number}[]} */
    this.superseded = [];
    /** After this seq no message has changed of which nothing was here. */
    this.unsure = 0;
    /** Of every mention that was added after this seq the message is here. */
    this.forgotten = 0;
    /** Older history that is shown instead, until it reaches this; it hears of every change. @type {Island|null} */
    this.island = null;
  }

  /** What is shown of the room: this, or a stretch of older history. @returns {Timeline|Island} */
  get shown() {
    return this.island?.ready ? this.island : this;
  }

  /** Take the older history in, if it reaches this now. */
  meet() {
    const { island } = this;
    if (!island?.touches(this)) return;
    this.island = null;
    if (island.start < this.start) this.#extend(island.start, [...island.messages]);
  }

  /** Whether there is history before what is loaded. */
  get older() {
    return this.cursor !== null && this.start > 0;
  }

  /** Whether a change is known to exist that has not been applied. */
  get behind() {
    return (this.cursor ?? 0) < this.head;
  }

  /** The log is another one now: what is here may be shown until its first page comes, and no longer counts. */
  doubt() {
    this.cursor = null;
    this.head = 0;
    this.generation += 1;
    this.island?.doubt();
  }

  /**
   * Merge a page of the log.
   * @param {Log} page
   * @returns {"applied"|"known"|"gap"} "gap": the page begins above the cursor and was not merged
   */
  log(page) {
    if (page.reset) return this.#reset(page);
    this.hear(page.to);
    if (this.cursor === null || page.from > this.cursor) return "gap";
    if (page.to <= this.cursor) return "known";
    for (const message of page.messages) if (message.changed_seq > this.cursor) this.#put(message);
    this.cursor = page.to;
    this.unsure = Math.max(this.unsure, page.to);
    this.meet();
    return "applied";
  }

  /**
   * Merge one live change.
   * @param {MessageEvent} event
   * @returns {"applied"|"known"|"gap"} "gap": changes before this one are missing, and it was not merged
   */
  event({ seq, message }) {
    this.hear(seq);
    if (this.cursor === null || seq > this.cursor + 1) return "gap";
    if (seq <= this.cursor) return "known";
    if (message.seq < this.start && !this.#messages.has(message.id)) this.unsure = Math.max(this.unsure, seq);
    this.#put(message);
    this.cursor = seq;
    return "applied";
  }

  /**
   * Merge a page of older messages, ascending by place, that was asked for as `before` in `generation`.
   * @param {{before: number, generation: number, messages: Message[], more: boolean}} page
   * @returns {boolean} false when it answers a question that is no longer open
   */
  history({ before, generation, messages, more }) {
    if (generation !== this.generation || before !== this.start || !this.older) return false;
    this.#extend((more && messages[0]?.seq) || 0, messages);
    return true;
  }

  /**
   * Remember that the room has come as far as `seq`.
   * @param {number} seq
   */
  hear(seq) {
    this.head = Math.max(this.head, seq);
  }

  /**
   * Forget all but the newest `keep` messages; scrolling up loads them again.
   * @param {number} keep
   */
  trim(keep) {
    const first = this.list().at(-keep);
    if (!first || first === this.list()[0]) return;
    this.start = first.seq;
    this.generation += 1;
    for (const message of [...this.#messages.values()]) {
      if (message.seq < this.start) this.#forget(message);
    }
    this.#listed = null;
  }

  /** Only messages above this place are for this person to see, from now on. @param {number} since @param {number} before  until now */
  bound(since, before) {
    for (const message of [...this.#messages.values()]) if (message.seq <= since) this.#forget(message);
    if (since > before && this.start <= since + 1) this.start = 0;
    else if (since < before && this.start <= before + 1) this.start = before + 1;
    this.generation += 1;
    this.island?.doubt();
    this.#listed = null;
  }

  /**
   * The newest `limit` messages that are shown, and all that stands among them.
   * @param {number} limit
   * @returns {{messages: Message[], older: boolean}}
   */
  newest(limit) {
    const list = this.list();
    const first = list.length > limit ? (list.at(-limit)?.seq ?? 0) : this.start;
    return { messages: [...this.#messages.values()].filter(({ seq }) => seq >= first), older: first > 0 };
  }

  /** The room's flow: the messages of the loaded window in order of their places, without deleted ones and replies. */
  list() {
    this.#listed ??= [...this.#messages.values()]
      .filter((message) => message.seq >= this.start && !message.deleted_at && !message.reply_to)
      .sort((a, b) => a.seq - b.seq);
    return this.#listed;
  }

  /** What was deleted after the entry `seq`, of what was posted up to it, loaded or not. @param {number} seq */
  deletedSince(seq) {
    return [...this.#messages.values()].filter((each) => each.deleted_at && each.changed_seq > seq && each.seq <= seq);
  }

  /** Every message of which something is here, deleted or outside of the window as well. */
  get known() {
    return this.#messages.values();
  }

  /**
   * The message with this id, deleted or outside of the window as well.
   * @param {number} id
   */
  find(id) {
    return this.#messages.get(id);
  }

  /**
   * Whether the post that `author` sent with `key` has come back from the log.
   * @param {number} author
   * @param {string} key
   */
  holds(author, key) {
    return this.#keys.has(`${author} ${key}`);
  }

  /** Older messages are here, from this place on. @param {number} start @param {Message[]} messages */
  #extend(start, messages) {
    for (const message of messages) this.#put(message);
    this.unsure = Math.max(this.unsure, ...messages.map(({ changed_seq }) => changed_seq).filter((seq) => seq > (this.cursor ?? 0)));
    this.start = start;
    this.#listed = null;
  }

  /** @param {Log} page @returns {"applied"} */
  #reset(page) {
    this.island?.doubt();
    this.#messages.clear();
    this.#keys.clear();
    this.superseded = [];
    this.unsure = this.forgotten = page.to;
    for (const message of page.messages) this.#put(message);
    const places = page.messages.map((message) => message.seq);
    this.start = page.older ? Math.min(page.to + 1, ...places) : 0;
    this.cursor = page.to;
    this.head = page.to;
    this.generation += 1;
    this.#listed = null;
    return "applied";
  }

  /**
   * Keep a state unless a later one is here. A message older than the window is kept as well, unseen: a page of
   * history that was read before this change may still be on its way.
   * @param {Message} message
   */
  #put(message) {
    const known = this.#messages.get(message.id);
    if (known && known.changed_seq >= message.changed_seq) return;
    if (known?.mentions && JSON.stringify(known.mentions) !== JSON.stringify(message.mentions)) {
      this.superseded.push({ message: known, until: message.changed_seq });
    }
    this.#messages.set(message.id, message);
    this.island?.take(message);
    if (message.key !== null) this.#keys.set(`${message.author} ${message.key}`, message.id);
    this.#listed = null;
  }

  /** @param {Message} message */
  #forget(message) {
    this.#messages.delete(message.id);
    this.forgotten = Math.max(this.forgotten, ...(message.mentions ?? []).map(({ seq }) => seq));
    if (message.key !== null) this.#keys.delete(`${message.author} ${message.key}`);
  }
}
