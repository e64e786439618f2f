/** @import {Ack, Command, File, Refusal} from "./wire.js" */

/**
 * @typedef {object} Entry  A command that waits for its answer.
 * @property {Command} command
 * @property {number} order  ascending in the order of writing
 * @property {string} tab  the tab that wrote it
 * @property {number} at  when, in milliseconds
 * @property {number} [room]  where it belongs
 * @property {File[]} [files]  what a post names, to be shown meanwhile
 * @property {string} epoch  the life of the log in which it was written: ids mean nothing in another
 * @property {{code: string, detail: string}|null} refused  why the server will not have it
 *
 * @typedef {{put(entry: Entry): void, remove(key: string): void}} Shelf  Where entries survive a reload.
 */

/** After this long any tab of the person sends an entry: the one that wrote it may be gone. */
export const ORPHANED = 10_000;

/** Commands that hold nobody's words: when the server will not have one, nothing is lost with it. @type {Set<string>} */
export const WORDLESS = new Set(["react", "pin", "follow"]);

const PASSING = new Set(["rate_limited", "unavailable"]);

const SET_BACK = "The server went back to a backup, where this may be another message. Look at it before you retry.";

/**
 * The commands that have no answer yet, in order. Pure but for the shelf it is given.
 *
 * One is in flight at a time, so that none overtakes another. Keys make repetition harmless, so after a lost
 * connection, or from a second tab, a command is simply sent again.
 */
export class Outbox {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /** Acknowledged posts whose message has not come by yet: key to entry and seq. @type {Map<string, {entry: Entry, seq: number}>} */
  #landing = new Map();
  /** @type {string|null} */
  #flying = null;
  #epoch = "";
  #pausedUntil = 0; // by the clock that only goes forward; a reload forgets it, and the server says it again

  /**
   * @param {string} tab
   * @param {Shelf} shelf
   * @param {Entry[]} entries  what an earlier page left behind
   */
  constructor(tab, shelf, entries = []) {
    this.#tab = tab;
    this.#shelf = shelf;
    for (const entry of entries) this.#entries.set(entry.command.key, entry);
  }
  #tab;
  #shelf;

  /**
   * The log lives in this epoch. Posts mean the same in any; changes of messages that were written in another wait
   * for their author, and what was acknowledged there is no longer on its way.
   * @param {string} epoch
   */
  begin(epoch) {
    if (this.#epoch && this.#epoch !== epoch) this.#landing.clear();
    this.#epoch = epoch;
    for (const entry of [...this.#entries.values()]) {
      const strange = entry.epoch && entry.epoch !== epoch && entry.command.type !== "post";
      if (strange && WORDLESS.has(entry.command.type)) this.drop(entry.command.key);
      else if (strange && !entry.refused) this.#change({ ...entry, refused: { code: "set_back", detail: SET_BACK } });
    }
  }

  /**
   * @param {Command} command
   * @param {number} now
   * @param {number} [room]  where it belongs
   * @param {File[]} [files]  what it names
   */
  add(command, now, room, files) {
    const order = 1 + Math.max(0, ...[...this.#entries.values()].map((entry) => entry.order));
    const entry = { command, order, tab: this.#tab, at: now, room, files, epoch: this.#epoch, refused: null };
    this.#entries.set(command.key, entry);
    this.#shelf.put(entry);
    return entry;
  }

  /**
   * The command to send now, or null; it is in flight until `ack`, `refuse` or `lost`.
   * @param {number} now
   * @param {number} tick  milliseconds of a clock that nobody sets, such as `performance.now()`
   */
  take(now, tick) {
    if (this.#flying !== null || tick < this.#pausedUntil) return null;
    const entry = this.entries(now).find((each) => !each.refused);
    this.#flying = entry?.command.key ?? null;
    return entry?.command ?? null;
  }

  /**
   * Settle the command that an ack names.
   * @param {Ack} ack
   */
  ack({ key, seq }) {
    const entry = this.#entries.get(key);
    if (entry?.command.type === "post") this.#landing.set(key, { entry, seq });
    this.drop(key);
  }

  /**
   * Settle the command that a refusal names: what will pass is tried again after a pause, the rest waits for its author.
   * @param {Refusal} refusal
   * @param {number} tick  as in `take`
   * @returns {boolean} whether the command is given up, with nothing left of it that could say why
   */
  refuse({ key, code, detail, retry_after }, tick) {
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (this.#flying === key) this.#flying = null;
    if (!entry) return false;
    const { type } = entry.command;
    const gone = code === "not_found" && type === "delete";
    if (PASSING.has(code)) this.#pausedUntil = tick + 1000 * (retry_after ?? 2);
    else if (gone || WORDLESS.has(type)) this.drop(entry.command.key);
    else this.#change({ ...entry, refused: { code, detail } });
    return WORDLESS.has(type) && !PASSING.has(code);
  }

  /** The log of a room ends before what was acknowledged: that will not come. @param {number} room */
  setBack(room) {
    for (const [key, { entry }] of this.#landing) if (roomOf(entry) === room) this.#landing.delete(key);
  }

  /** The rooms in which something waits. */
  get rooms() {
    return new Set([...this.#entries.values()].map(roomOf).filter(Boolean));
  }

  /** This person is out of a room: nothing can be said there any more. @param {number} room */
  leave(room) {
    this.setBack(room);
    for (const entry of [...this.#entries.values()]) if (roomOf(entry) === room) this.drop(entry.command.key);
  }

  /** The connection has gone: what was in flight is sent again on the next. */
  lost() {
    this.#flying = null;
  }

  /** @param {string} key */
  retry(key) {
    const entry = this.#entries.get(key);
    if (entry) this.#change({ ...entry, tab: this.#tab, epoch: this.#epoch, refused: null });
  }

  /** @param {string} key */
  drop(key) {
    if (this.#flying === key) this.#flying = null;
    if (this.#entries.delete(key)) this.#shelf.remove(key);
  }

  /** Throw everything away. */
  clear() {
    for (const key of [...this.#entries.keys()]) this.drop(key);
    this.#landing.clear();
  }

  /**
   * Another tab has changed the shelf: take over what it says.
   * @param {string} key
   * @param {Entry|null} entry
   */
  heard(key, entry) {
    if (entry) this.#entries.set(key, entry);
    else this.#entries.delete(key);
    if (!entry && this.#flying === key) this.#flying = null;
  }

  /**
   * The entries this tab shows and sends, in order: its own, and those that nobody else seems to send.
   * @param {number} now
   */
  entries(now) {
    return [...this.#entries.values()]
      .filter((entry) => entry.tab === this.#tab || Math.abs(now - entry.at) >= ORPHANED)
      .sort((a, b) => a.order - b.order || (a.command.key < b.command.key ? -1 : 1));
  }

  /**
   * The posts to show below the log: not come back yet, whether or not they are acknowledged.
   * @param {number} now
   * @param {(key: string, seq: number|null, room: number) => boolean} arrived  whether the log of the
   *   room has this post, or has passed its seq
   */
  posts(now, arrived) {
    for (const [key, { entry, seq }] of this.#landing) if (arrived(key, seq, roomOf(entry))) this.#landing.delete(key);
    const landing = [...this.#landing.values()].map(({ entry }) => entry);
    const waiting = this.entries(now).filter(
      (entry) => entry.command.type === "post" && !arrived(entry.command.key, null, roomOf(entry)),
    );
    return [...landing, ...waiting];
  }

  /** @param {Entry} entry */
  #change(entry) {
    this.#entries.set(entry.command.key, entry);
    this.#shelf.put(entry);
  }
}

/** @param {Entry} entry */
function roomOf({ command, room = 0 }) {
  return "room" in command ? command.room : room;
}
