/** @import {Ack, Command, Log, MessageEvent, Refusal, ServerFrame, Welcome} from "./wire.js" */
/** @import {State} from "./connection.js" */

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { MessageActions } from "./message-actions.js";
import { MessageList } from "./message-list.js";
import { Outbox } from "./outbox.js";
import { People } from "./people.js";
import { PeopleList } from "./people-list.js";
import { Problem, history, request } from "./api.js";
import { Reader } from "./reader.js";
import { Shelf, randomKey, tabName } from "./shelf.js";
import { Status } from "./status.js";
import { Timeline } from "./timeline.js";
import { Typists } from "./typists.js";
import { initialsOf, tint } from "./avatar.js";
import { lay } from "./rows.js";

const ANSWER = 10_000; // a command without an answer for so long means that the socket is dead
const KEPT = 300; // messages on the page while the reader is at the bottom
const TRIM = 600;

/** The chat page: what comes from the server goes into the timeline, what is written into the outbox, and both are drawn. */
export class Chat {
  #epoch = "";
  #timeline;
  #editing = 0;
  #drawing = 0;
  #loading = false;
  #answer = 0;
  /** @type {State} */
  #state = "connecting";

  /** @param {{id: number, name: string}} me @param {number} room */
  constructor(me, room) {
    this.me = me;
    this.#timeline = new Timeline(room);
    const shelf = new Shelf(me.id);
    this.#outbox = new Outbox(tabName(), shelf, shelf.load());
    shelf.watch((key, entry) => {
      this.#outbox.heard(key, entry);
      this.draw();
    });
    this.#people = new People(() => this.draw());
    this.#typists = new Typists(() => this.#drawTyping());
    this.#status = new Status(part("#status"));
    this.#peopleList = new PeopleList(part("#people"), part("#people-button"), me.id);
    this.#list = new MessageList(part("#log"), part("#messages"), {
      older: () => void this.#older(),
      moved: () => this.#moved(),
    });
    this.#reader = new Reader(part("#announcer"), {
      atBottom: () => this.#list.pinned,
      cursor: () => this.#timeline.cursor ?? 0,
      fresh: (after) => this.#timeline.list().some(({ seq, author }) => seq > after && author !== me.id),
      send: (seq) => this.#connection.send({ type: "read", room, seq }),
      changed: () => this.draw(),
    });
    this.#composer = new Composer(/** @type {HTMLFormElement} */ (part("#composer")), `parley.draft.${me.id}.${room}`, {
      post: (source) => this.#post(source),
      edit: (message, source) => this.command({ type: "edit", key: randomKey(), message, source }),
      last: () => this.#timeline.list().findLast(({ author, kind }) => author === me.id && kind === "text") ?? null,
      typing: () => void this.#connection.send({ type: "typing", room }),
      editing: (message) => {
        this.#editing = message;
        this.draw();
      },
    });
    this.#connection = new Connection({
      hello: () => ({ type: "hello", cursors: this.#cursors(), epoch: this.#epoch }),
      frame: (frame) => this.#frame(frame),
      state: (state) => this.#stateIs(state),
      signedIn: () => this.#signedIn(),
      signedOut: () => location.reload(),
    });
    new MessageActions(this.#list, this.#composer, this.#outbox, this);
    part("#pill").addEventListener("click", () => {
      this.#list.toBottom();
      this.#composer.field.focus();
    });
    part("#older").addEventListener("click", () => void this.#older());
    setInterval(() => this.#pump(), 1_000); // pauses end, and other tabs' entries become ours
    this.#untilMidnight();
  }
  #outbox;
  #people;
  #typists;
  #status;
  #peopleList;
  #list;
  #reader;
  #composer;
  #connection;

  start() {
    this.draw();
    this.#connection.connect();
    if (matchMedia("(hover: hover)").matches) this.#composer.field.focus();
  }

  /** Commands without an answer. */
  get waiting() {
    return this.#outbox.entries(Date.now());
  }

  /** Put a command into the outbox, from where it is sent. @param {Command} command */
  command(command) {
    this.#outbox.add(command, Date.now());
    this.#pump();
    this.draw();
  }

  /** Send what waits, one at a time. */
  #pump() {
    if (!this.#connection.open) return;
    const command = this.#outbox.take(Date.now());
    if (!command) return;
    if (!this.#connection.send(command)) return this.#outbox.lost();
    clearTimeout(this.#answer);
    this.#answer = setTimeout(() => this.#connection.renew(), ANSWER);
  }

  /** An answered command or a retry: go on with the next, and draw. */
  proceed() {
    clearTimeout(this.#answer);
    this.#pump();
    this.draw();
  }

  /** End the connection for good and forget what was kept in this browser. */
  leave() {
    this.#connection.end();
    this.#outbox.clear();
    this.#composer.clear();
  }

  /** Draw everything that has changed, once for all changes of this moment. */
  draw() {
    if (this.#drawing) return;
    // A hidden page gets no animation frames.
    if (document.hidden) this.#drawing = setTimeout(() => this.#draw(), 100);
    else this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#drawing = 0;
    const now = Date.now();
    const timeline = this.#timeline;
    if (this.#list.pinned && timeline.list().length > TRIM) timeline.trim(KEPT);
    const posts = this.#outbox.posts(now, (key, seq) => {
      return timeline.holds(this.me.id, key) || (seq !== null && seq <= (timeline.cursor ?? 0));
    });
    const changes = this.#outbox.entries(now).filter(({ command }) => command.type !== "post");
    const rows = lay(timeline.list(), posts, changes, { me: this.me.id, seen: this.#reader.seen });
    const context = { me: this.me.id, nameOf: (/** @type {number|null} */ id) => this.#people.name(id), editing: this.#editing };
    this.#list.show(rows, context, timeline.older);
    this.#composer.forget(timeline.find(this.#editing)?.deleted_at ? this.#editing : 0);
    part("#beginning").hidden = timeline.cursor === null || timeline.older;
    part("#hint").hidden = rows.some(({ message }) => message.kind === "text");
    part("#log").setAttribute("aria-busy", String(timeline.cursor === null));
    this.#peopleList.show(this.#people);
    this.#status.connection(this.#state, posts.length);
    this.#drawTyping();
    this.#drawMe();
  }

  #drawTyping() {
    this.#status.typing(this.#typists.sentence((id) => this.#people.name(id)));
  }

  #drawMe() {
    const name = this.#people.name(this.me.id) || this.me.name;
    const avatar = part("#me .avatar");
    tint(avatar, this.me.id);
    avatar.textContent = initialsOf(name);
    for (const place of ["#me", "#account"]) part(`${place} .author`).textContent = name;
  }

  #moved() {
    const pill = part("#pill");
    const fresh = pill.classList.contains("fresh");
    if (this.#list.pinned) pill.classList.remove("fresh");
    pill.hidden = this.#list.pinned || !(fresh || this.#list.away > 1.5);
    part("#pill span").textContent = fresh ? "New messages" : "Latest";
    this.#reader.read();
  }

  /** @param {ServerFrame} frame */
  #frame(frame) {
    if (frame.type === "welcome") this.#welcome(frame);
    else if (frame.type === "log") this.#log(frame);
    else if (frame.type === "message") this.#event(frame);
    else if (frame.type === "ack") this.#ack(frame);
    else if (frame.type === "error") this.#refused(frame);
    else if (frame.type === "heads") this.#hear(frame.heads[this.#timeline.room] ?? 0);
    else if (frame.type === "presence") this.#people.presence(frame.user, frame.online);
    else if (frame.type === "typing" && frame.user !== this.me.id) this.#typists.typing(frame.user);
    else if (frame.type === "read") this.#reader.moved(frame.seq);
  }

  /** @param {Welcome} welcome */
  #welcome(welcome) {
    this.#epoch = welcome.epoch;
    this.#people.welcome(welcome);
    const room = welcome.rooms.find(({ id }) => id === this.#timeline.room);
    if (room) this.#reader.welcome(room.read, room.head);
    this.#pump();
  }

  /** @param {Log} page */
  #log(page) {
    if (page.room !== this.#timeline.room) return;
    const cursor = page.reset ? Infinity : (this.#timeline.cursor ?? Infinity);
    this.#merged(this.#timeline.log(page));
    for (const message of page.messages) if (message.seq > cursor) this.#arrived(message);
  }

  /** @param {MessageEvent} event */
  #event(event) {
    if (event.room !== this.#timeline.room) return;
    const merged = this.#timeline.event(event);
    this.#merged(merged);
    if (merged === "applied" && event.message.seq === event.seq) this.#arrived(event.message);
  }

  /** @param {import("./wire.js").Message} message */
  #arrived({ kind, author, html }) {
    if (kind === "rename" && author !== null) this.#people.refresh(author);
    if (kind !== "text" || author === null || author === this.me.id) return;
    this.#typists.stopped(author);
    this.#reader.arrived();
    if (!this.#list.pinned) part("#pill").classList.add("fresh");
    const text = new DOMParser().parseFromString(html, "text/html").body.textContent; // inert: nothing runs or loads
    this.#reader.tell(`${this.#people.name(author)}: ${text?.trim()}`);
  }

  /** @param {"applied"|"known"|"gap"} merged */
  #merged(merged) {
    if (merged === "applied") this.#connection.expect(false);
    this.#connection.expect(this.#timeline.behind);
    this.draw();
  }

  /** @param {Ack} ack */
  #ack(ack) {
    this.#outbox.ack(ack);
    this.#hear(ack.seq);
    this.proceed();
  }

  /** @param {Refusal} refusal */
  #refused(refusal) {
    if (refusal.key === undefined) return this.#status.notice(refusal.detail);
    this.#outbox.refuse(refusal, Date.now());
    this.proceed();
  }

  /** @param {number} head */
  #hear(head) {
    this.#timeline.hear(head);
    this.#connection.expect(this.#timeline.behind);
  }

  /** @param {string} source */
  #post(source) {
    this.#reader.wrote();
    this.command({ type: "post", key: randomKey(), room: this.#timeline.room, source });
    this.#list.toBottom();
  }

  async #older() {
    const { room, start: before, generation, older } = this.#timeline;
    if (this.#loading || !older) return;
    this.#loading = true;
    const button = part("#older");
    button.hidden = true;
    try {
      const page = await history(room, before);
      this.#timeline.history({ ...page, before, generation });
      this.#loading = false;
      this.draw();
    } catch {
      button.hidden = false; // the reader decides when to try again
      setTimeout(() => (this.#loading = false), 1_000);
    }
  }

  /** @returns {Record<string, number>} */
  #cursors() {
    const { room, cursor } = this.#timeline;
    return cursor === null ? {} : { [room]: cursor };
  }

  /** @param {State} state */
  #stateIs(state) {
    this.#state = state;
    if (state !== "open") {
      clearTimeout(this.#answer);
      this.#outbox.lost();
    }
    this.draw();
  }

  async #signedIn() {
    try {
      await request("GET", `/api/users/${this.me.id}`);
      return true;
    } catch (error) {
      return !(error instanceof Problem && error.status === 401);
    }
  }

  /** "Today" becomes "Yesterday" without anything happening in the room. */
  #untilMidnight() {
    const now = new Date();
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
    setTimeout(() => {
      this.draw();
      this.#untilMidnight();
    }, midnight.getTime() - now.getTime() + 1_000);
  }
}

/** @param {string} selector @returns {HTMLElement} */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
