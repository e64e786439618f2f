/** @import {Mentioned, Told} from "./mentions.js" */
/** @import {Count, Unread} from "./unread.js" */
/** @import {Message, Read, Room as Shape} from "./wire.js" */

import { Position } from "./position.js";
import { Timeline } from "./timeline.js";
import { mentionsOf } from "./mentions.js";
import { unreadOf } from "./unread.js";

/**
 * @typedef {object} Kept  A room as it survives a reload.
 * @property {Shape} shape
 * @property {number} cursor
 * @property {boolean} older
 * @property {Message[]} messages  the newest
 */

/** One room of this person: its log, how far they have read, and where the line "New" stands. Pure. */
export class Room {
  name = "";
  kind = "public";
  topic = "";
  archived = false;
  role = "member";
  /** Of what this person wants to be told here; empty for what is usual. */
  notify = "";
  muted = false;
  /** Who is in a direct conversation. @type {number[]} */
  people = [];
  /** How far it is read, here or on another device. */
  position = new Position();
  /** It was marked as unread while it was shown: it is not read again by that, but at the next visit. */
  held = false;
  /** Others' messages above this seq get the line "New" above them, for as long as the visit lasts; Infinity for none. */
  line = Infinity;
  /** What was kept of it is shown until its log has come as far as this; null when it is the server's, up to date. @type {number|null} */
  awaited = null;
  /** @type {Shape|null} */
  #shape = null;
  /** @type {(Count & {loaded: number})|null} */
  #count = null;
  /** @type {unknown[]} */
  #counted = [];
  /** @type {Unread} */
  #unread = { count: 0, more: false };
  /** @type {Told|null} */
  #told = null;
  /** @type {Mentioned} */
  #mentions = { count: 0, more: false };

  /** @param {number} id @param {number} me */
  constructor(id, me) {
    this.id = id;
    this.me = me;
    this.timeline = new Timeline(id);
  }

  /** What the server says of it. @param {Shape} shape */
  learn(shape) {
    const { name, kind, topic = "", archived = false, role = "member", notify = "", muted = false, people = [], since = 0 } = shape;
    const before = this.#shape?.since ?? 0;
    if (this.#shape && since !== before) this.timeline.bound(since, before);
    this.#shape = shape;
    Object.assign(this, { name, kind, topic, archived, role, notify, muted, people });
    const { head, read, generation = 0, mentions = 0 } = shape;
    this.#told = { head, read, generation, mentions };
    this.position.hear({ seq: read, generation });
  }

  /** This person's position has moved, perhaps on another device. @param {Read} event */
  hear({ seq, generation = 0 }) {
    if (this.position.hear({ seq, generation })) this.#hold();
  }

  /** What stands at this place is unread from now on, and all that follows. @param {number} place */
  mark(place) {
    this.position.mark(place);
    this.#hold();
  }

  /** What the server says of it that has another past now. @param {Shape} shape */
  beginAnew({ read, generation = 0 }) {
    this.position.begin({ seq: read, generation });
    this.line = Infinity;
  }

  /** What the room says of itself in its log is so from now on. @param {Message} entry */
  follow({ kind, source }) {
    if (kind === "renamed") this.name = source;
    else if (kind === "topic") this.topic = source;
    else if (kind === "archived" || kind === "unarchived") this.archived = kind === "archived";
  }

  /** What of it is to survive a reload; nothing before its first page. @param {number} limit  of messages @returns {Kept|null} */
  keep(limit) {
    const { name, topic, archived, position, timeline } = this;
    if (!this.#shape || timeline.cursor === null) return null;
    const asOf = { head: timeline.cursor, mentions: this.mentions.count };
    const shape = { ...this.#shape, name, topic, archived, ...position.kept, ...asOf };
    return { shape, cursor: timeline.cursor, ...timeline.newest(limit) };
  }

  /** Begin with what was kept. @param {Kept} kept */
  restore({ shape, cursor, older, messages }) {
    this.learn(shape);
    this.position.restore(shape);
    this.timeline.log({ type: "log", room: this.id, from: 0, to: cursor, messages, more: false, reset: true, older });
    this.awaited = Infinity;
  }

  /** Whether what was kept is what the server has, since just now. */
  arrive() {
    if (this.awaited === null || (this.timeline.cursor ?? -1) < this.awaited) return false;
    this.awaited = null;
    return true;
  }

  /** The log is another one, or ends earlier: what was read in it means nothing, only what the server says. */
  setBack() {
    this.position.setBack();
    this.line = Infinity;
  }

  /** Everything up to this seq is read. */
  get read() {
    return this.position.seq;
  }

  #hold() {
    this.held = true;
    this.line = this.read;
  }

  /** The reader comes, or turns away just before something new: the line stands where they left off. */
  visit() {
    this.line = this.unread.count ? this.read : Infinity;
  }

  /** The reader goes, and has seen the line. */
  leave() {
    this.line = Infinity;
  }

  /** With whom this conversation is. */
  get others() {
    return this.people.filter((id) => id !== this.me);
  }

  /** Who wrote what is shown, the newest first, each once. */
  get authors() {
    return [...new Set(this.timeline.shown.list().flatMap(({ author }) => author ?? []).reverse())];
  }

  /** When the newest message was posted, of those that are loaded; empty for none. */
  get latest() {
    return this.timeline.list().at(-1)?.created_at ?? "";
  }

  /** Whether somebody else has made it, and nobody has said anything yet. */
  get quiet() {
    const list = this.timeline.list();
    return !this.timeline.older && list[0]?.author !== this.me && !list.some(({ kind }) => kind === "text");
  }

  /** Whether this person keeps order here, and so may delete what others wrote. */
  get kept() {
    return this.role !== "member" && this.kind !== "direct";
  }

  /** How much is unread, as the server says. @param {Count & Told & {loaded: number}} count  `loaded`: the timeline's generation then */
  count(count) {
    this.#count = this.#told = count;
  }

  /** What is new to this person. @returns {Unread} */
  get unread() {
    this.#recount();
    return this.#unread;
  }

  /** What of it mentions this person, and they have not seen. @returns {Mentioned} */
  get mentions() {
    this.#recount();
    return this.#mentions;
  }

  /** Whether only the server knows how much is new. */
  get uncounted() {
    return this.timeline.cursor !== null && (this.unread.more || this.mentions.more);
  }

  #recount() {
    const { position, timeline } = this;
    const counted = [timeline.list(), timeline.generation, timeline.cursor, position.seq, position.generation, this.#count, this.#told];
    if (counted.every((each, at) => each === this.#counted[at])) return;
    this.#counted = counted;
    this.#unread = unreadOf(this, this.#count);
    this.#mentions = mentionsOf(this, this.#told);
  }
}
