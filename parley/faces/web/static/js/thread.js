/** @import {Message} from "./wire.js" */

/**
 * One thread: its root and the replies under it, merged from pages and from the log of the room. Pure. Each message is
 * kept in the state with the highest `changed_seq` seen, so that pages and changes may come in any order.
 */
export class Thread {
  /** @type {Message|null} */
  root = null;
  /** @type {Map<number, Message>} */
  #replies = new Map();
  /** Every reply whose place is at or above this is here; Infinity before the first page. */
  start = Infinity;

  /** @param {number} id  of its root */
  constructor(id) {
    this.id = id;
  }

  /** Whether there are replies before those that are here. */
  get older() {
    return this.start > 0 && this.start < Infinity;
  }

  /** A message as a page or the log has it; what does not belong here is left out. @param {Message|undefined} message */
  take(message) {
    if (message?.id === this.id && message.changed_seq >= (this.root?.changed_seq ?? 0)) this.root = message;
    if (message?.reply_to !== this.id) return;
    const known = this.#replies.get(message.id);
    if (!known || known.changed_seq < message.changed_seq) this.#replies.set(message.id, message);
  }

  /**
   * A page of replies, ascending by place: the newest ones, or those before what is here.
   * @param {{messages: Message[], more: boolean}} page
   */
  page({ messages, more }) {
    for (const message of messages) this.take(message);
    this.start = more ? (messages[0]?.seq ?? 0) : 0;
  }

  /** The replies, in order of their places, without the deleted ones. */
  list() {
    return [...this.#replies.values()]
      .filter(({ seq, deleted_at }) => seq >= this.start && !deleted_at)
      .sort((a, b) => a.seq - b.seq);
  }

  /** The place of the last reply; 0 for none. */
  get end() {
    return this.list().at(-1)?.seq ?? 0;
  }
}
