/** @import {Notifier} from "./notifier.js" */
/** @import {Quiet} from "./wire.js" */
/** @import {State} from "./connection.js" */
/** @import {News} from "./conversation.js" */
/** @import {Keeper} from "./keeper.js" */
/** @import {Recalled} from "./recall.js" */
/** @import {Room} from "./room.js" */
/** @import {Command, File, Message, Refusal, ServerFrame} from "./wire.js" */

import { isSignedIn, unread } from "./api.js";
import { Connection } from "./connection.js";
import { Conversation } from "./conversation.js";
import { People } from "./people.js";
import { WORDLESS } from "./outbox.js";
import { Sender } from "./sender.js";
import { Shelf, tabName } from "./shelf.js";
import { Typists } from "./typists.js";
import { titleOf } from "./sections.js";

const PARTNERS = 50; // people in conversations whose presence is shown, among many
const RECENT = 12 * 3_600_000; // after longer than this, a first page is less than what is new
const PASSING = new Set(["presence", "typing", "pong"]); // nothing of these is kept

/**
 * @typedef {object} Listener  Whoever shows this chat.
 * @property {() => void} changed  something may look different now
 * @property {() => boolean} attending  whether somebody reads the newest line of the open room
 * @property {() => void} welcomed  the server listens, from now on or again
 * @property {() => void} begun  the open room has its first page
 * @property {(message: Message) => void} heard  somebody else has said something, in any room
 * @property {(room: Room) => void} entered  one that is new to this person
 * @property {(room: Room) => void} left  the open room is no longer this person's
 * @property {(refusal: Refusal, unsaid: boolean) => void} refused  `unsaid`: nothing else on the page says so
 * @property {() => void} settled  a command was stored
 * @property {(news: News) => void} logged  a log has said something
 *
 * @typedef {object} Begin  Who it is, and what there is of theirs.
 * @property {{id: number, name: string}} me
 * @property {number} general
 * @property {number} room  the one to begin with
 * @property {Recalled|null} recalled  what an earlier page has kept
 */

/** This person's chat, of which nothing is shown here: frames go into the conversation, commands go out. */
export class Chat {
  /** @type {State} */
  state = "connecting";

  /** The account is being removed: that the session ends is expected. */
  departing = false;

  /** When the server was last heard, by this page or the one that has kept what is shown, in milliseconds; 0 for never. */
  asOf = 0;
  /** @type {Keeper|null} */
  #keeper = null;

  /** @param {Begin} begin @param {Listener} listener */
  constructor({ me, room, recalled }, listener) {
    this.me = me;
    this.#listener = listener;
    const changed = () => listener.changed();
    const shelf = new Shelf(me.id);
    this.conversation = new Conversation(me.id, room, { tab: tabName(), shelf, entries: shelf.load() });
    this.outbox = this.conversation.outbox;
    shelf.watch((key, entry) => {
      this.outbox.heard(key, entry);
      changed();
    });
    this.people = new People(changed);
    this.typists = new Typists(changed);
    this.#connection = new Connection({
      hello: () => this.conversation.hello(),
      frame: (frame) => this.#frame(frame),
      state: (state) => this.#stateIs(state),
      signedIn: () => isSignedIn(me.id),
      signedOut: () => void this.#signedOut(),
    });
    if (recalled) this.#resume(recalled);
    this.#sender = new Sender(this.outbox, this.#connection);
  }
  #listener;
  #connection;
  /** @type {Promise<import("./counts.js").Counts>|null} */
  #counts = null;
  #sender;
  /** @type {Promise<import("./watch.js").Watch>|null} */
  #watch = null;

  connect() {
    this.#connection.connect();
  }

  /** Hours in which this person wants no notifications. @type {Quiet|null} */
  quiet = null;

  /** Shows notifications, where they are wanted. @type {Notifier|null} */
  notifier = null;

  /** Whether the server listens. */
  get open() {
    return this.#connection.open;
  }

  /** This person's rooms. */
  get rooms() {
    return [...this.conversation.rooms.values()];
  }

  /** The room that is shown. */
  get room() {
    return this.conversation.open;
  }

  /** The name of a person; empty until it is known. @param {number|null} id */
  nameOf = (id) => this.people.name(id);

  /** The emoji of what a person is up to; empty for none. @param {number|null} id */
  moodOf = (id) => (id === null ? "" : (this.people.status(id)?.emoji ?? ""));

  /** What to call a room; empty until it is known. @param {Room} room */
  titleOf = (room) => titleOf(room, this.nameOf);

  /** The name of a room of this person's, or empty. @param {number} id */
  roomOf = (id) => {
    const room = this.conversation.rooms.get(id);
    return room ? this.titleOf(room) : "";
  };

  /** People whom a window shows. @type {number[]} */
  looking = [];

  /** With whom this person has conversations. */
  get #partners() {
    return this.rooms.flatMap(({ others }) => (others.length === 1 ? others : [])).slice(0, PARTNERS);
  }

  /** How many commands that hold somebody's words have no answer. */
  get waiting() {
    return this.outbox.entries(Date.now()).filter(({ command }) => !WORDLESS.has(command.type)).length;
  }

  /** Put a command into the outbox, from where it is sent. @param {Command} command @param {File[]} [files]  to show with it */
  command(command, files) {
    this.conversation.add(command, Date.now(), files);
    this.proceed();
  }

  /** Something may be sent now, and shown. */
  proceed() {
    this.#sender.send();
    this.#listener.changed();
  }

  /** Send what may be lost. @param {import("./wire.js").ClientFrame} frame @returns {boolean} whether it was handed to the network */
  send(frame) {
    return this.#connection.send(frame);
  }

  /** What is shown may have changed, and so whose presence matters. */
  shown() {
    if (this.open && this.rooms.some(({ uncounted }) => uncounted)) void this.#count();
    if (!this.people.crowded) return;
    this.#watch ??= this.#watcher();
    this.#watch.then((watch) => watch.soon(), () => (this.#watch = null));
  }

  /** From now on, what is read is kept. @param {Keeper} keeper */
  keep(keeper) {
    this.#keeper = keeper;
    if (this.open) keeper.heard(true);
  }

  /** Begin with what an earlier page has kept. @param {Recalled} recalled */
  #resume({ about, rooms }) {
    this.asOf = about.at;
    this.people.learn(about.people);
    this.conversation.restore({ epoch: about.epoch, recent: Date.now() - about.at < RECENT, rooms });
  }

  /** The server knows how much is unread beyond what is loaded. */
  async #count() {
    const { rooms, ask, changed } = { rooms: () => this.rooms, ask: unread, changed: () => this.#listener.changed() };
    this.#counts ??= import("./counts.js").then(({ Counts }) => new Counts({ rooms, ask, changed }));
    await this.#counts.then((counts) => counts.soon(), () => (this.#counts = null)); // it is fetched again
  }

  /** End the connection for good and forget what was kept in this browser. */
  async leave() {
    this.#connection.end();
    this.outbox.clear();
    await this.#keeper?.end();
  }

  /** The session has ended elsewhere. What was not sent waits for the next of this person; what was read is forgotten. */
  async #signedOut() {
    await this.#keeper?.end();
    if (!this.departing) location.reload();
  }

  /** @param {ServerFrame} frame */
  #frame(frame) {
    const listener = this.#listener;
    if (frame.type === "welcome" && frame.user.id !== this.me.id) return this.#stranger();
    this.asOf = Date.now();
    const before = this.room.unread.count;
    const news = this.conversation.receive(frame, performance.now());
    if (news.changed.length || news.reset) listener.logged(news);
    for (const message of news.arrived) this.#arrived(message);
    if (frame.type === "welcome") this.quiet = frame.quiet ?? null;
    if (frame.type === "preferences") this.quiet = frame.quiet;
    this.notifier?.heard(news.called);
    if (news.begun || (before === 0 && this.room.unread.count && !listener.attending())) this.room.visit();
    if (news.begun) listener.begun();
    if (news.entered) listener.entered(news.entered);
    if (news.left) listener.left(news.left);
    if (news.answered) this.#sender.answered();
    if (frame.type === "welcome") {
      this.people.welcome(frame);
      void this.#watch?.then((watch) => watch.begin());
      listener.welcomed();
      this.#sender.send();
    } else if (frame.type === "heads") {
      this.people.count(frame.online);
    } else if (frame.type === "user") {
      this.people.introduce(frame.user);
    } else if (frame.type === "presence") {
      this.people.presence(frame.user, frame.online);
    } else if (frame.type === "typing") {
      if (frame.user !== this.me.id) this.typists.typing(frame.room, frame.user);
    } else if (frame.type === "error") {
      listener.refused(frame, news.unsaid);
    } else if (frame.type === "ack") {
      listener.settled();
    }
    if (!PASSING.has(frame.type)) this.#keeper?.heard(frame.type === "welcome" || frame.type === "left");
    this.#expect(news);
    listener.changed();
  }

  /** Somebody else has signed in in this browser since this page was loaded: it is not for them. */
  #stranger() {
    this.#connection.end();
    location.reload();
  }

  /** What was announced should come by itself. @param {News} news */
  #expect({ further }) {
    if (further) this.#connection.expect(false); // it goes forward: be patient anew
    this.#connection.expect(this.conversation.behind);
  }

  /** @param {Message} message */
  #arrived(message) {
    const { room, kind, author } = message;
    if (kind === "rename" && author !== null) this.people.refresh(author);
    if (kind !== "text" || author === null || author === this.me.id) return;
    this.typists.stopped(room, author);
    this.#listener.heard(message);
  }

  /** Only among many it is needed. */
  async #watcher() {
    const { Watch } = await import("./watch.js");
    return new Watch({
      total: () => this.people.total,
      authors: () => this.room.authors,
      listed: () => [...this.looking, ...this.#partners, ...this.people.listed],
      send: (users) => this.#watching(users),
    });
  }

  /** @param {number[]} users */
  #watching(users) {
    const sent = this.#connection.send({ type: "watch", users });
    if (sent) this.people.only(users);
    return sent;
  }

  /** @param {State} state */
  #stateIs(state) {
    this.state = state;
    if (state !== "open") this.#sender.lost();
    this.#listener.changed();
  }
}
