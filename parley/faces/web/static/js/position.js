/** @import {ClientFrame} from "./wire.js" */

/**
 * How far a person has read a room, as this device has it. Pure.
 *
 * It goes forward by reading, on whichever device, and backward only when somebody marks a message as unread: that begins
 * its next generation. What is said of an earlier generation is late, and means nothing.
 */
export class Position {
  /** Everything up to this seq is read. */
  seq = 0;
  generation = 0;
  /** What the server said last. */
  #told = { seq: 0, generation: 0 };
  /** From which place on this device has marked the room as unread, until the server says so too. @type {number|null} */
  #marked = null;
  #markSent = false;
  #unsent = false;

  /**
   * Read up to here; never backward.
   * @param {number} seq
   * @returns {boolean} whether that was further than before
   */
  advance(seq) {
    if (seq <= this.seq) return false;
    this.seq = seq;
    this.#unsent = true;
    return true;
  }

  /** This message is unread from now on, and all that follow. @param {number} place */
  mark(place) {
    this.seq = Math.max(0, place - 1);
    this.generation = this.#told.generation + 1;
    this.#marked = place;
    this.#markSent = false;
    this.#unsent = true;
  }

  /**
   * What the server says, perhaps of another device.
   * @param {{seq: number, generation: number}} said
   * @returns {boolean} whether it was marked as unread elsewhere
   */
  hear(said) {
    if (said.generation < this.#told.generation) return false;
    this.#told = said; // perhaps less than before: an older file was put back
    if (said.generation >= this.generation) this.#marked = null;
    if (said.generation > this.generation) {
      this.generation = said.generation;
      this.seq = said.seq;
      return true;
    }
    if (said.generation === this.generation) this.seq = Math.max(this.seq, said.seq);
    return false;
  }

  /**
   * Tell the server what it does not know.
   * @param {number} room
   * @param {(frame: ClientFrame) => boolean} send  returns whether it was handed to the network
   */
  tell(room, send) {
    const { seq, generation } = this;
    const marked = this.#marked;
    if (!this.#unsent) return;
    if (marked !== null && !this.#markSent) {
      if (!send({ type: "unread", room, seq: marked })) return;
      this.#markSent = true;
    }
    this.#unsent = marked !== null && seq < marked ? false : !send({ type: "read", room, seq, generation });
  }

  /** The connection is another one: what was told over the last one may be lost. */
  doubt() {
    this.#markSent = false;
    this.#unsent = this.#marked !== null || this.seq > this.#told.seq;
  }

  /** What of it is to survive a reload: a mark that the server does not know of is not. @returns {{read: number, generation: number}} */
  get kept() {
    const { seq, generation } = this.generation > this.#told.generation ? this.#told : this;
    return { read: seq, generation };
  }

  /** Begin with what was kept, which the server may not know. @param {{read: number, generation?: number}} kept */
  restore({ read, generation = 0 }) {
    this.#told = { seq: 0, generation };
    Object.assign(this, { seq: read, generation });
  }

  /** Only what the server said counts. */
  setBack() {
    Object.assign(this, this.#told);
    this.#marked = null;
    this.#unsent = false;
  }

  /** The server has another past, and says this. @param {{seq: number, generation: number}} said */
  begin(said) {
    this.#told = said;
    this.setBack();
  }
}
