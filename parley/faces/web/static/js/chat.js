/** @import {Command, Message, ServerFrame} from "./wire.js" */
/** @import {State} from "./connection.js" */

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Earlier } from "./earlier.js";
import { MessageActions } from "./message-actions.js";
import { MessageList } from "./message-list.js";
import { People } from "./people.js";
import { PeopleList } from "./people-list.js";
import { Problem, request } from "./api.js";
import { Reader } from "./reader.js";
import { Sender } from "./sender.js";
import { Shelf, randomKey, tabName } from "./shelf.js";
import { Status } from "./status.js";
import { Typists } from "./typists.js";
import { Watch } from "./watch.js";
import { initialsOf, tint } from "./avatar.js";
import { textOf } from "./sanitized.js";

const KEPT = 300; // messages on the page while the reader is at the bottom
const TRIM = 600;
/** @type {Record<string, string>} */
const WAITS = {
  rate_limited: "That was fast. What you wrote is sent in a moment.",
  unavailable: "The server cannot store anything just now. What you wrote is kept and will be sent.",
};

/** The chat page: frames go into the conversation, what is written goes out, and what it has become is drawn. */
export class Chat {
  #editing = 0;
  #drawing = 0;
  /** @type {State} */
  #state = "connecting";

  /** @param {{id: number, name: string}} me @param {number} room */
  constructor(me, room) {
    this.me = me;
    const shelf = new Shelf(me.id);
    this.#conversation = new Conversation(me.id, room, { tab: tabName(), shelf, entries: shelf.load() });
    const { timeline, outbox } = this.#conversation;
    shelf.watch((key, entry) => {
      outbox.heard(key, entry);
      this.draw();
    });
    this.#people = new People(() => this.draw());
    this.#typists = new Typists(() => this.draw());
    this.#status = new Status(part("#status"));
    this.#peopleList = new PeopleList(part("#people"), part("#people-button"), me.id);
    this.#list = new MessageList(part("#log"), part("#messages"), {
      older: () => void this.#earlier.load(),
      moved: () => this.#moved(),
    });
    this.#earlier = new Earlier(timeline, part("#older"), () => this.draw());
    this.#reader = new Reader(part("#announcer"), {
      atBottom: () => this.#list.pinned,
      cursor: () => timeline.cursor ?? 0,
      fresh: (after) => timeline.list().some(({ seq, author }) => seq > after && author !== me.id),
      send: (seq) => this.#connection.send({ type: "read", room, seq }),
      changed: () => this.draw(),
    });
    this.#composer = new Composer(/** @type {HTMLFormElement} */ (part("#composer")), `parley.draft.${me.id}.${room}`, {
      post: (source) => this.#post(source),
      edit: (message, source) => this.command({ type: "edit", key: randomKey(), message, source }),
      last: () => this.#conversation.lastOwn,
      typing: () => void this.#connection.send({ type: "typing", room }),
      editing: (message) => {
        this.#editing = message;
        this.draw();
      },
    });
    this.#connection = new Connection({
      hello: () => this.#conversation.hello(),
      frame: (frame) => this.#frame(frame),
      state: (state) => this.#stateIs(state),
      signedIn: () => this.#signedIn(),
      signedOut: () => location.reload(),
    });
    this.#sender = new Sender(outbox, this.#connection);
    this.#watch = new Watch({
      total: () => this.#people.total,
      authors: () => timeline.authors(),
      listed: () => this.#people.listed,
      send: (users) => this.#watching(users),
    });
    new MessageActions(this.#list, this.#composer, outbox, this);
    part("#pill").addEventListener("click", () => {
      this.#list.toBottom();
      this.#composer.field.focus();
    });
    this.#untilMidnight();
  }
  #conversation;
  #people;
  #typists;
  #status;
  #peopleList;
  #list;
  #earlier;
  #reader;
  #composer;
  #connection;
  #sender;
  #watch;

  start() {
    this.draw();
    this.#connection.connect();
    if (matchMedia("(hover: hover)").matches) this.#composer.field.focus();
  }

  /** How many commands that hold somebody's words have no answer. */
  get waiting() {
    return this.#conversation.outbox.entries(Date.now()).filter(({ command }) => command.type !== "react").length;
  }

  /** Put a command into the outbox, from where it is sent. @param {Command} command */
  command(command) {
    this.#conversation.outbox.add(command, Date.now());
    this.proceed();
  }

  /** Something may be sent now, and shown. */
  proceed() {
    this.#sender.send();
    this.draw();
  }

  /** End the connection for good and forget what was kept in this browser. */
  leave() {
    this.#connection.end();
    this.#conversation.outbox.clear();
    this.#composer.clear();
  }

  /** Draw what has changed, once for all changes of this moment. */
  draw() {
    if (this.#drawing) return;
    // A hidden page gets no animation frames.
    if (document.hidden) this.#drawing = setTimeout(() => this.#draw(), 100);
    else this.#drawing = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#drawing = 0;
    const { timeline } = this.#conversation;
    if (this.#list.pinned && timeline.list().length > TRIM) timeline.trim(KEPT);
    const rows = this.#conversation.rows(Date.now(), this.#reader.seen);
    const nameOf = (/** @type {number|null} */ id) => this.#people.name(id);
    this.#list.show(rows, { me: this.me.id, nameOf, editing: this.#editing }, timeline.older);
    this.#composer.forget(timeline.find(this.#editing)?.deleted_at ? this.#editing : 0);
    part("#beginning").hidden = timeline.cursor === null || timeline.older;
    part("#hint").hidden = rows.some(({ message }) => message.kind === "text");
    part("#log").setAttribute("aria-busy", String(timeline.cursor === null));
    this.#peopleList.show(this.#people);
    this.#watch.soon();
    this.#status.connection(this.#state, rows.some(({ command }) => command && !command.refused));
    this.#status.typing(this.#typists.sentence(nameOf));
    this.#drawMe(nameOf(this.me.id) || this.me.name);
  }

  /** @param {string} name */
  #drawMe(name) {
    part("#me .avatar").textContent = initialsOf(name);
    for (const place of ["#me", "#account"]) {
      tint(part(place), this.me.id);
      part(`${place} .author`).textContent = name;
    }
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
    const { timeline } = this.#conversation;
    const cursor = timeline.cursor;
    const { arrived, answered, unsaid, setBack } = this.#conversation.receive(frame, performance.now());
    for (const message of arrived) this.#arrived(message);
    if (setBack) this.#reader.setBack();
    if (answered) this.#sender.answered();
    if (frame.type === "welcome") {
      this.#people.welcome(frame);
      this.#watch.begin();
      const room = frame.rooms.find(({ id }) => id === timeline.room);
      if (room) this.#reader.welcome(room.read, room.head);
      this.#sender.send();
    } else if (frame.type === "heads") {
      this.#people.count(frame.online);
    } else if (frame.type === "presence") {
      this.#people.presence(frame.user, frame.online);
    } else if (frame.type === "typing") {
      if (frame.user !== this.me.id) this.#typists.typing(frame.user);
    } else if (frame.type === "read") {
      this.#reader.moved(frame.seq);
    } else if (frame.type === "error") {
      if (frame.key === undefined || unsaid) this.#status.notice(frame.detail);
      else if (frame.code in WAITS) this.#status.notice(WAITS[frame.code] ?? "");
    } else if (frame.type === "ack") {
      this.#status.settled();
    }
    if (timeline.cursor !== cursor) this.#connection.expect(false); // it goes forward: be patient anew
    this.#connection.expect(timeline.behind);
    this.draw();
  }

  /** @param {Message} message */
  #arrived({ kind, author, html }) {
    if (kind === "rename" && author !== null) this.#people.refresh(author);
    if (kind !== "text" || author === null || author === this.me.id) return;
    this.#typists.stopped(author);
    this.#reader.arrived();
    if (!this.#list.pinned) part("#pill").classList.add("fresh");
    this.#reader.tell(`${this.#people.name(author)}: ${textOf(html)}`);
  }

  /** @param {string} source */
  #post(source) {
    this.#reader.wrote();
    this.command({ type: "post", key: randomKey(), room: this.#conversation.timeline.room, source });
    this.#list.toBottom();
  }

  /** @param {number[]} users */
  #watching(users) {
    const sent = this.#connection.send({ type: "watch", users });
    if (sent) this.#people.only(users);
    return sent;
  }

  /** @param {State} state */
  #stateIs(state) {
    this.#state = state;
    if (state !== "open") this.#sender.lost();
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
