/** @import {Command, Message, ServerFrame} from "./wire.js" */
/** @import {State} from "./connection.js" */
/** @import {Place} from "./message-list.js" */
/** @import {Room} from "./room.js" */

import { Address } from "./address.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { Drafts } from "./drafts.js";
import { Earlier } from "./earlier.js";
import { Jump } from "./jump.js";
import { MessageActions } from "./message-actions.js";
import { LINE, MessageList } from "./message-list.js";
import { Overview } from "./overview.js";
import { People } from "./people.js";
import { PeopleList } from "./people-list.js";
import { Pill } from "./pill.js";
import { isSignedIn } from "./api.js";
import { Reader } from "./reader.js";
import { Sender } from "./sender.js";
import { Shelf, randomKey, tabName } from "./shelf.js";
import { Status } from "./status.js";
import { Typists } from "./typists.js";
import { Watch } from "./watch.js";
import { showPerson } from "./avatar.js";
import { textOf } from "./sanitized.js";
import { atMidnight } from "./time.js";

/** The chat page: frames go into the conversation, what is written goes out, and what it has become is drawn. */
export class Chat {
  #editing = 0;
  #drawing = 0;
  /** @type {State} */
  #state = "connecting";

  /** Where the reader was in the rooms they have left. @type {Map<number, Place|null>} */
  #places = new Map();

  /** @param {{id: number, name: string}} me @param {{general: number, room: number}} begin  `room`: the one of the address */
  constructor(me, { general, room }) {
    this.me = me;
    this.#drafts = new Drafts(me.id);
    const shelf = new Shelf(me.id);
    this.#conversation = new Conversation(me.id, room, { tab: tabName(), shelf, entries: shelf.load() });
    const { outbox } = this.#conversation;
    shelf.watch((key, entry) => {
      outbox.heard(key, entry);
      this.draw();
    });
    this.#people = new People(() => this.draw());
    this.#typists = new Typists(() => this.draw());
    this.#status = new Status(part("#status"));
    this.#peopleList = new PeopleList(part("#people"), part("#people-button"), me.id);
    this.#overview = new Overview(part("#rooms ul"), part(".bar"));
    this.#list = new MessageList(part("#log"), part("#messages"), {
      older: () => void this.#earlier.load(),
      moved: () => this.#moved(),
    });
    const draw = () => this.draw();
    this.#earlier = new Earlier(() => this.room.timeline, part("#older"), draw);
    this.#jump = new Jump(part("#jump"), { room: () => this.room, list: this.#list, earlier: this.#earlier, draw });
    this.#reader = new Reader(part("#announcer"), {
      room: () => this.room,
      seen: () => (this.#list.pinned ? this.room.timeline.cursor : this.#list.lastSeen?.seq) ?? 0,
      visible: () => this.#list.visible,
      send: (room, seq) => this.#connection.send({ type: "read", room, seq }),
      changed: () => this.draw(),
    });
    this.#composer = new Composer(/** @type {HTMLFormElement} */ (part("#composer")), this.#drafts, {
      post: (source) => this.#post(source),
      edit: (message, source) => this.command({ type: "edit", key: randomKey(), message, source }),
      last: () => this.#conversation.lastOwn,
      typing: () => void this.#connection.send({ type: "typing", room: this.room.id }),
      editing: (message) => {
        this.#editing = message;
        this.draw();
      },
    });
    this.#connection = new Connection({
      hello: () => this.#conversation.hello(),
      frame: (frame) => this.#frame(frame),
      state: (state) => this.#stateIs(state),
      signedIn: () => isSignedIn(me.id),
      signedOut: () => location.reload(),
    });
    this.#sender = new Sender(outbox, this.#connection);
    this.#watch = new Watch({
      total: () => this.#people.total,
      authors: () => this.room.timeline.authors(),
      listed: () => this.#people.listed,
      send: (users) => this.#watching(users),
    });
    new MessageActions(this.#list, this.#composer, outbox, this);
    this.#pill = new Pill(part("#pill"), this.#list, () => this.#composer.field.focus());
    this.#composer.open(room);
    this.#address = new Address(general, (id) => this.#show(id));
    atMidnight(draw);
  }
  #conversation;
  #address;
  #drafts;
  #jump;
  #overview;
  #people;
  #pill;
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
    this.#conversation.add(command, Date.now());
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

  /** Go to a room. @param {number} id */
  open(id) {
    this.#address.go(id);
  }

  /** Everything is read, in all rooms. */
  readAll() {
    this.#reader.readAll(this.rooms);
  }

  /** This person's rooms. */
  get rooms() {
    return [...this.#conversation.rooms.values()];
  }

  /** The room that is shown. */
  get room() {
    return this.#conversation.open;
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
    const { open } = this.#conversation;
    const { timeline } = open;
    this.#conversation.trim(this.#list.pinned);
    const rows = this.#conversation.rows(Date.now());
    const nameOf = (/** @type {number|null} */ id) => this.#people.name(id);
    this.#list.show(rows, { me: this.me.id, kept: open.kept, nameOf, editing: this.#editing }, timeline.older);
    this.#composer.forget(timeline.find(this.#editing)?.deleted_at ? this.#editing : 0);
    this.#composer.show(open.name, open.archived);
    part("#beginning").hidden = timeline.cursor === null || timeline.older;
    part("#hint").hidden = rows.some(({ message }) => message.kind === "text");
    part("#log").setAttribute("aria-busy", String(timeline.cursor === null));
    this.#peopleList.show(this.#people);
    this.#watch.soon();
    this.#overview.show(this.rooms, open);
    this.#status.connection(this.#state, rows.some(({ command }) => command && !command.refused));
    this.#status.typing(this.#typists.sentence(open.id, nameOf));
    for (const place of ["#me", "#account"]) showPerson(part(place), this.me.id, nameOf(this.me.id) || this.me.name);
  }

  #moved() {
    this.#pill.show();
    this.#jump.show();
    this.#reader.read();
  }

  /** The address names a room. @param {number} id */
  #show(id) {
    const { open, rooms } = this.#conversation;
    const place = this.#list.place;
    if (!this.#conversation.enter(id)) {
      if (rooms.has(id)) this.draw();
      else if (this.#connection.open) this.#lost(undefined);
      return;
    }
    this.#places.set(open.id, place);
    this.#list.enter(this.#places.get(id) ?? (this.room.line === Infinity ? null : LINE));
    this.#earlier.leave();
    this.#composer.open(id);
    this.#reader.flush();
    this.#pill.leave();
    if (matchMedia("(hover: hover)").matches) this.#composer.field.focus();
    this.draw();
  }

  /** The room of the address is none of this person's, or no longer. @param {Room|undefined} room */
  #lost(room) {
    this.#status.notice(room?.name ? `You are no longer in “${room.name}”.` : "There is no such room, or you are not in it.");
    this.#address.lose();
    if (room) this.#drafts.remove(room.id);
  }

  /** @param {ServerFrame} frame */
  #frame(frame) {
    const before = this.room.unread.count;
    const { arrived, begun, further, answered, unsaid, left } = this.#conversation.receive(frame, performance.now());
    for (const message of arrived) this.#arrived(message);
    const attending = this.#reader.attending && this.#list.pinned;
    if (begun || (before === 0 && this.room.unread.count && !attending)) this.room.visit();
    if (begun && this.room.line !== Infinity) this.#list.go(LINE);
    if (left) this.#lost(left);
    if (answered) this.#sender.answered();
    if (frame.type === "welcome") {
      this.#people.welcome(frame);
      this.#watch.begin();
      this.#address.follow();
      this.#reader.flush();
      this.#sender.send();
    } else if (frame.type === "heads") {
      this.#people.count(frame.online);
    } else if (frame.type === "presence") {
      this.#people.presence(frame.user, frame.online);
    } else if (frame.type === "typing") {
      if (frame.user !== this.me.id) this.#typists.typing(frame.room, frame.user);
    } else if (frame.type === "error") {
      this.#status.refused(frame, unsaid);
    } else if (frame.type === "ack") {
      this.#status.settled();
    }
    if (further) this.#connection.expect(false); // it goes forward: be patient anew
    this.#connection.expect(this.#conversation.behind);
    this.draw();
  }

  /** @param {Message} message */
  #arrived({ room, kind, author, html }) {
    if (kind === "rename" && author !== null) this.#people.refresh(author);
    if (kind !== "text" || author === null || author === this.me.id) return;
    this.#typists.stopped(room, author);
    if (room !== this.room.id) return;
    this.#pill.arrived();
    this.#reader.tell(`${this.#people.name(author)}: ${textOf(html)}`);
  }

  /** @param {string} source */
  #post(source) {
    this.command({ type: "post", key: randomKey(), room: this.room.id, source });
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
}

/** @param {string} selector @returns {HTMLElement} */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
