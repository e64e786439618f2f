/** @import {Entry, Shelf} from "./outbox.js" */
/** @import {Kept as KeptRoom} from "./room.js" */
/** @import {Thread} from "./thread.js" */
/** @import {Command, File, Hello, Log, Message, MessageEvent, ServerFrame, Welcome} from "./wire.js" */

import { Outbox } from "./outbox.js";
import { Room } from "./room.js";
import { Threads } from "./threads.js";
import { lay } from "./rows.js";
import { mentionedAt } from "./mentions.js";

const KEPT = 300; // messages of a room while nobody looks at older ones
const TRIM = 600;

/**
 * @typedef {object} News  What a frame brought.
 * @property {Message[]} arrived  new messages
 * @property {Message[]} called  these, and those in which an edit mentions this person
 * @property {Message[]} changed  messages of which the log has said something, those that are new among them
 * @property {number} reset  the room of which a log began anew; 0 for none
 * @property {boolean} begun  the open room has its first page
 * @property {boolean} further  a log has come further
 * @property {boolean} answered  a command has its answer
 * @property {boolean} unsaid  a refusal that no row shows
 * @property {Room|null} entered  one that is new to this person
 * @property {Room|null} left  the open room is no longer this person's
 *
 * @typedef {object} Kept  What an earlier page of this person has left behind.
 * @property {string} epoch
 * @property {boolean} recent  whether it is worth asking for what is new since then, and not for the newest page
 * @property {KeptRoom[]} rooms
 */

/**
 * All this client knows: the rooms of this person, each with its log as far as it came, and what was sent without an
 * answer. Pure: frames go in, rows come out. Whatever frames are lost, doubled or late, asking again with `hello`
 * leads to the state of a fresh load.
 */
export class Conversation {
  #epoch = "";
  #recent = true;

  /**
   * @param {number} me
   * @param {number} room  the one to begin with
   * @param {{tab: string, shelf: Shelf, entries: Entry[]}} kept  what survives a reload
   */
  constructor(me, room, { tab, shelf, entries }) {
    this.me = me;
    this.outbox = new Outbox(tab, shelf, entries);
    this.threads = new Threads(me);
    /** The room that is shown. */
    this.open = new Room(room, me);
    /** @type {Map<number, Room>} */
    this.rooms = new Map([[room, this.open]]);
  }

  /** The life of the log that this client knows; empty before the first welcome. */
  get epoch() {
    return this.#epoch;
  }

  /** Begin with what was kept: it is shown, and the server is asked for what came since. @param {Kept} kept */
  restore({ epoch, recent, rooms }) {
    this.#epoch = epoch;
    this.#recent = recent;
    for (const kept of rooms) this.#room(kept.shape.id).restore(kept);
  }

  /**
   * How far this person has read where a message stands: in its thread if they follow it, else in its room.
   * @param {Pick<Message, "room"|"reply_to">} message
   */
  readTo({ room, reply_to }) {
    if (reply_to && this.threads.follows(reply_to)) return this.threads.position(reply_to);
    return this.rooms.get(room)?.read ?? Infinity;
  }

  /** Whether a change is known to exist, in any room, that has not been applied. */
  get behind() {
    return [...this.rooms.values()].some(({ timeline }) => timeline.behind);
  }

  /**
   * Show another room.
   * @param {number} id
   * @returns {boolean} false when it is none of this person's, or shown already
   */
  enter(id) {
    const room = this.rooms.get(id);
    if (!room || room === this.open) return false;
    this.open.leave();
    this.open.timeline.island = null;
    this.open = room;
    room.held = false;
    room.visit();
    return true;
  }

  /** Put a command of the open room into the outbox. @param {Command} command @param {number} now @param {File[]} [files] */
  add(command, now, files) {
    this.outbox.add(command, now, this.open.id, files);
  }

  /** The first frame of a new socket: from where on each log is wanted. @returns {Hello} */
  hello() {
    /** @type {Record<string, number>} */
    const cursors = {};
    if (!this.#recent) return { type: "hello", cursors, epoch: this.#epoch };
    for (const { id, timeline } of this.rooms.values()) if (timeline.cursor !== null) cursors[id] = timeline.cursor;
    return { type: "hello", cursors, epoch: this.#epoch };
  }

  /**
   * Take a frame in.
   * @param {ServerFrame} frame
   * @param {number} tick  milliseconds of a clock that only goes forward
   * @returns {News}
   */
  receive(frame, tick) {
    /** @type {News} */
    const news = {
      ...{ arrived: [], called: [], changed: [], reset: 0, begun: false, further: false, answered: false, unsaid: false },
      ...{ entered: null, left: null },
    };
    const { outbox } = this;
    if (frame.type === "welcome") this.#welcome(frame, news);
    else if (frame.type === "log" || frame.type === "message") this.#log(frame, news);
    else if (frame.type === "room") {
      const fresh = !this.rooms.has(frame.room.id);
      const room = this.#room(frame.room.id);
      room.learn(frame.room);
      if (fresh) news.entered = room;
    }
    else if (frame.type === "left") this.#left(frame.room, news);
    else if (frame.type === "thread") this.threads.stand(frame);
    else if (frame.type === "read") {
      if (frame.thread) this.threads.read(frame.thread, frame.seq);
      else this.rooms.get(frame.room)?.hear(frame);
    } else if (frame.type === "ack") {
      outbox.ack(frame);
      this.rooms.get(frame.room)?.timeline.hear(frame.seq);
      news.answered = true;
    } else if (frame.type === "error" && frame.key !== undefined) {
      news.unsaid = outbox.refuse(frame, tick);
      news.answered = true;
    } else if (frame.type === "heads") {
      for (const { id, timeline } of this.rooms.values()) timeline.hear(frame.heads[id] ?? 0);
    }
    return news;
  }

  /**
   * What there is to show of the open room.
   * @param {number} now
   */
  rows(now) {
    const { me } = this;
    const { timeline, line } = this.open;
    if (timeline.shown !== timeline) return lay(timeline.shown.list(), [], this.#changes(now), { me, seen: Infinity });
    return lay(timeline.list(), this.#posts(now, undefined), this.#changes(now), { me, seen: line });
  }

  /**
   * What there is to show of a thread of the open room: its root, and the replies.
   * @param {Thread} thread
   * @param {number} now
   * @param {number} seen  the place above which others' replies are new
   */
  replies(thread, now, seen) {
    const all = thread.root ? [thread.root, ...thread.list()] : thread.list();
    const ids = new Set(all.map(({ id }) => id));
    const changes = this.#changes(now).filter(({ command }) => "message" in command && ids.has(command.message));
    return lay(all, this.#posts(now, thread.id), changes, { me: this.me, seen: Math.max(seen, thread.root?.seq ?? 0) });
  }

  /** The roots under which something of this person's waits to be sent. @param {number} now @returns {Set<number>} */
  replying(now) {
    const roots = this.outbox.entries(now).map(({ command }) => (command.type === "post" ? command.reply_to : undefined));
    return new Set(roots.filter((root) => root !== undefined));
  }

  /** What was said here, or under this root, and has not come back. @param {number} now @param {number|undefined} root */
  #posts(now, root) {
    const posts = this.outbox.posts(now, (key, seq, room) => {
      const log = this.rooms.get(room)?.timeline;
      return Boolean(log?.holds(this.me, key)) || (seq !== null && seq <= (log?.cursor ?? 0));
    });
    return posts.filter(({ command }) => command.type === "post" && command.room === this.open.id && command.reply_to === root);
  }

  /** @param {number} now */
  #changes(now) {
    const { id } = this.open;
    return this.outbox.entries(now).filter(({ command, room = id }) => command.type !== "post" && room === id);
  }

  /** Forget old messages that nobody looks at. @param {boolean} atEnd  whether the reader of the open room is there */
  trim(atEnd) {
    for (const room of this.rooms.values()) {
      const unseen = room !== this.open || atEnd || room.timeline.shown !== room.timeline;
      if (unseen && room.timeline.list().length > TRIM) room.timeline.trim(KEPT);
    }
  }

  /** The newest message this person wrote in the open room. */
  get lastOwn() {
    const list = this.open.timeline.list();
    return list.findLast(({ author, kind }) => author === this.me && kind === "text") ?? null;
  }

  /** @param {Welcome} frame @param {News} news */
  #welcome(frame, news) {
    const { epoch, rooms } = frame;
    this.threads.begin(frame);
    const another = this.#epoch !== "" && epoch !== this.#epoch;
    if (epoch !== this.#epoch) for (const { timeline } of this.rooms.values()) timeline.doubt();
    this.#epoch = epoch;
    this.#recent = true;
    this.outbox.begin(epoch);
    const mine = new Set(rooms.map(({ id }) => id));
    for (const id of new Set([...this.rooms.keys(), ...this.outbox.rooms])) if (!mine.has(id)) this.#left(id, news);
    for (const shape of rooms) {
      const room = this.#room(shape.id);
      room.learn(shape);
      room.position.doubt();
      if (another) room.beginAnew(shape);
      if (room.awaited !== null) room.awaited = shape.head;
      if (room.arrive()) news.begun ||= room === this.open;
    }
  }

  /** @param {Log|MessageEvent} frame @param {News} news */
  #log(frame, news) {
    const room = this.rooms.get(frame.room);
    if (!room) return;
    const { cursor } = room.timeline;
    let known = frame.type === "message" ? frame.seq - 1 : Infinity;
    if (frame.type === "message") {
      if (room.timeline.event(frame) === "applied") news.changed = [frame.message];
    } else {
      if (!frame.reset && room.awaited === null && cursor !== null) known = cursor;
      if (frame.reset && (cursor ?? 0) > frame.to) {
        room.setBack();
        this.outbox.setBack(room.id);
      }
      if (room.timeline.log(frame) === "applied") {
        news.changed = frame.messages;
        news.reset = frame.reset ? room.id : 0;
      }
    }
    news.arrived = news.changed.filter(({ seq }) => seq > known);
    news.called = news.changed.filter((message) => Math.max(message.seq, mentionedAt(message, this.me)) > known);
    for (const message of news.changed) this.threads.take(message);
    for (const entry of news.arrived) room.follow(entry);
    news.further = room.timeline.cursor !== cursor;
    const begun = room.arrive() || (cursor === null && news.further);
    news.begun = begun && room === this.open;
  }

  /** @param {number} id @param {News} news */
  #left(id, news) {
    this.outbox.leave(id);
    this.threads.leave(id);
    this.rooms.delete(id);
    if (id === this.open.id) news.left = this.open;
  }

  /** @param {number} id */
  #room(id) {
    const room = this.rooms.get(id) ?? new Room(id, this.me);
    this.rooms.set(id, room);
    return room;
  }
}
