/** @import {Entry, Shelf} from "./outbox.js" */
/** @import {Hello, Message, ServerFrame} from "./wire.js" */

import { Outbox } from "./outbox.js";
import { Timeline } from "./timeline.js";
import { lay } from "./rows.js";

/**
 * @typedef {object} News  What a frame brought.
 * @property {Message[]} arrived  new messages
 * @property {boolean} answered  a command has its answer
 * @property {boolean} unsaid  a refusal that no row shows
 * @property {boolean} setBack  the log is another one than before, or ends earlier
 */

/**
 * All this client knows of a room: the log as far as it came, and what it has sent without an answer. Pure:
 * frames go in, rows come out. Whatever frames are lost, doubled or late, asking again with `hello` leads to
 * the state of a fresh load.
 */
export class Conversation {
  #epoch = "";

  /**
   * @param {number} me
   * @param {number} room
   * @param {{tab: string, shelf: Shelf, entries: Entry[]}} kept  what survives a reload
   */
  constructor(me, room, { tab, shelf, entries }) {
    this.me = me;
    this.timeline = new Timeline(room);
    this.outbox = new Outbox(tab, shelf, entries);
  }

  /** The first frame of a new socket: from where on the log is wanted. @returns {Hello} */
  hello() {
    const { room, cursor } = this.timeline;
    return { type: "hello", cursors: cursor === null ? {} : { [room]: cursor }, epoch: this.#epoch };
  }

  /**
   * Take a frame in.
   * @param {ServerFrame} frame
   * @param {number} tick  milliseconds of a clock that only goes forward
   * @returns {News}
   */
  receive(frame, tick) {
    const { timeline, outbox } = this;
    const news = { arrived: /** @type {Message[]} */ ([]), answered: false, unsaid: false, setBack: false };
    if (frame.type === "welcome") {
      news.setBack = this.#epoch !== "" && frame.epoch !== this.#epoch;
      if (frame.epoch !== this.#epoch) timeline.doubt();
      this.#epoch = frame.epoch;
      outbox.begin(frame.epoch);
    } else if (frame.type === "log" && frame.room === timeline.room) {
      const cursor = frame.reset ? Infinity : (timeline.cursor ?? Infinity);
      news.setBack = Boolean(frame.reset) && (timeline.cursor ?? 0) > frame.to;
      if (news.setBack) outbox.setBack();
      if (timeline.log(frame) === "applied") news.arrived = frame.messages.filter(({ seq }) => seq > cursor);
    } else if (frame.type === "message" && frame.room === timeline.room) {
      const isNew = frame.message.seq === frame.seq;
      if (timeline.event(frame) === "applied" && isNew) news.arrived = [frame.message];
    } else if (frame.type === "ack") {
      outbox.ack(frame);
      if (frame.room === timeline.room) timeline.hear(frame.seq);
      news.answered = true;
    } else if (frame.type === "error" && frame.key !== undefined) {
      news.unsaid = outbox.refuse(frame, tick);
      news.answered = true;
    } else if (frame.type === "heads") {
      timeline.hear(frame.heads[timeline.room] ?? 0);
    }
    return news;
  }

  /**
   * What there is to show.
   * @param {number} now
   * @param {number} seen  the seq above which others' messages are new to the reader; Infinity for none
   */
  rows(now, seen) {
    const { me, timeline, outbox } = this;
    const cursor = timeline.cursor ?? 0;
    const posts = outbox.posts(now, (key, seq) => timeline.holds(me, key) || (seq !== null && seq <= cursor));
    const here = posts.filter(({ command }) => "room" in command && command.room === timeline.room);
    const changes = outbox.entries(now).filter(({ command }) => command.type !== "post");
    return lay(timeline.list(), here, changes, { me, seen });
  }

  /** The newest message this person wrote. */
  get lastOwn() {
    return this.timeline.list().findLast(({ author, kind }) => author === this.me && kind === "text") ?? null;
  }
}
