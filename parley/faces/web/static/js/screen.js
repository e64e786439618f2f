/** @import {Begin} from "./chat.js" */
/** @import {Place} from "./message-list.js" */
/** @import {Room} from "./room.js" */
/** @import {Message} from "./wire.js" */

import { Address, pathOf, pathOfThread } from "./address.js";
import { Aside } from "./aside.js";
import { Beginning } from "./beginning.js";
import { Chat } from "./chat.js";
import { Drafts } from "./drafts.js";
import { Earlier } from "./earlier.js";
import { Entry } from "./entry.js";
import { Prompters } from "./prompters.js";
import { Jump } from "./jump.js";
import { MessageList } from "./message-list.js";
import { Overview } from "./overview.js";
import { PeopleList } from "./people-list.js";
import { Pill } from "./pill.js";
import { Reader } from "./reader.js";
import { Status } from "./status.js";
import { mentionedAt } from "./mentions.js";
import { Searching } from "./searching.js";
import { showPerson } from "./avatar.js";
import { Opener } from "./opener.js";
import { textOf } from "./sanitized.js";
import { atMidnight } from "./time.js";
import { Visit } from "./visit.js";
import { Whereabouts } from "./whereabouts.js";

const SOON = 2_000; // milliseconds: the switcher is there before Ctrl+K, and what is typed next goes into it

/** What is shown of a chat: the parts of the page, and what each is given to draw. */
export class Screen {
  #drawing = 0;

  /** @param {Begin} begin */
  constructor(begin) {
    const { me, general, room } = begin;
    const draw = () => this.draw();
    this.general = general;
    this.chat = new Chat(begin, {
      changed: draw,
      attending: () => this.#reader.attending && this.#list.pinned,
      welcomed: () => this.#welcomed(),
      begun: () => this.#visit.begun(),
      heard: (message) => this.#heard(message),
      entered: (entered) => this.whereabouts.seated(entered),
      left: ({ id, name }) => this.#lost(id, name),
      refused: (refusal, unsaid) => this.#status.refused(refusal, unsaid),
      settled: () => this.#status.settled(),
      logged: (news) => this.aside.logged(news),
    });
    this.#drafts = new Drafts(me.id);
    this.#status = new Status(part("#status"));
    this.#peopleList = new PeopleList(part("#people"), part("#people-button"), me.id);
    this.#overview = new Overview(part("#rooms"), part(".bar"));
    this.#list = new MessageList(part("#log"), part("#messages"), {
      older: () => void this.#earlier.load(),
      newer: () => this.#visit.further(),
      moved: () => this.#moved(),
    });
    this.#beginning = new Beginning(part("#beginning"), general, (sentence) => this.notice(sentence));
    this.#earlier = new Earlier(() => this.room.timeline.shown, part("#older"), draw);
    this.#jump = new Jump(part("#jump"), { room: () => this.room, list: this.#list, earlier: this.#earlier, draw });
    this.#reader = new Reader(part("#announcer"), {
      room: () => this.room,
      rooms: () => this.chat.rooms,
      seen: () => this.#visit.aside ? 0 : (this.#list.pinned ? this.room.timeline.cursor : this.#list.lastSeen?.seq) ?? 0,
      visible: () => this.#list.visible,
      send: (frame) => this.chat.send(frame),
      changed: draw,
    });
    this.#entry = new Entry(/** @type {HTMLFormElement} */ (part("#composer")), this, this.#drafts);
    void this.#act();
    this.#pill = new Pill(part("#pill"), this.#list, () => {
      this.toNewest();
      this.#entry.focus();
    });
    this.whereabouts = new Whereabouts({
      isIn: (id) => this.chat.conversation.rooms.has(id),
      notice: (sentence) => this.notice(sentence),
      arrived: (path) => {
        this.#address.go(path);
        this.#entry.focus();
      },
    });
    this.windows = new Opener(this);
    this.prompters = new Prompters(this);
    this.aside = new Aside(this);
    this.#searching = new Searching(this);
    this.#entry.composer.open(room);
    this.#address = new Address(general, (id, message, anew) => {
      if (id) this.#show(id, message, anew);
      this.aside.follow();
      this.#searching.follow();
    });
    this.#visit = new Visit({
      list: this.#list,
      room: () => this.room,
      draw,
      notice: (sentence) => this.notice(sentence),
      tell: (text) => this.#reader.tell(text),
      replace: (id) => this.#address.replace(pathOf(id)),
      thread: (root) => this.#address.go(pathOfThread(this.room.id, root)),
    });
    atMidnight(draw);
  }
  #address;
  #beginning;
  #searching;
  #drafts;
  #jump;
  #overview;
  #pill;
  #status;
  #peopleList;
  #list;
  #earlier;
  #reader;
  #entry;
  #visit;

  start() {
    this.draw();
    this.chat.connect();
    this.#entry.focus();
    void import("./attach.js").then(({ attach }) => attach(this, this.#entry.composer));
    setTimeout(() => void this.windows.prepare("switcher"), SOON);
  }

  /** What the buttons of messages do is no part of the first view. */
  async #act() {
    const { MessageActions } = await import("./message-actions.js");
    new MessageActions(this.#list, this.#entry.composer, this.chat, {
      notice: (sentence) => this.notice(sentence),
      unread: ({ seq }) => this.unread(seq),
      thread: ({ id, reply_to }) => this.#address.go(pathOfThread(this.room.id, reply_to ?? id)),
      why: (message) => void this.windows.open("why", message),
    });
  }

  /** Say something that belongs to no message, for a while. @param {string} sentence */
  notice(sentence) {
    this.#status.notice(sentence);
  }

  /** The room that is shown. */
  get room() {
    return this.chat.room;
  }

  /** Whether somebody looks at what is new in this room. @param {Room} room */
  isReading(room) {
    return room === this.room && this.#reader.attending && !this.#visit.aside;
  }

  /** Look for messages. */
  search() {
    if (!this.#searching.focus()) this.#address.go("/search");
  }

  /** Go to a room, or to a message of it. @param {number} id @param {number} [message] */
  open(id, message) {
    this.#address.go(pathOf(id, message));
  }

  /** What stands at this place of the room is unread again, with all that follows. @param {number} place */
  unread(place) {
    this.#reader.mark(this.room, place);
  }

  /** For whom messages of the open room are drawn. */
  get context() {
    const { conversation, me, moodOf, nameOf, room, roomOf } = this.chat;
    const pins = !room.archived && (room.id !== this.general || room.kept);
    const known = { me: me.id, kept: room.kept, pins, aside: false, nameOf, moodOf, roomOf, editing: this.#entry.editing };
    return { ...known, threads: conversation.threads, replying: conversation.replying(Date.now()) };
  }

  /** The focus to a message of the room, or else to where one writes. @param {number} [id] */
  focus(id = 0) {
    const { key, author } = this.room.timeline.find(id) ?? {};
    const element = this.#list.element(key ? `${author} ${key}` : `m${id}`);
    if (element) element.focus();
    else this.#entry.focus();
  }

  /** Put text where one writes. @param {string} text */
  insert(text) {
    this.#entry.composer.insert(text);
  }

  /** Everything is read, in all rooms. */
  readAll() {
    this.#reader.readAll();
    this.notice("Everything is read, in all rooms.");
  }

  /** End the chat for good and forget what was kept in this browser. */
  async leave() {
    this.#entry.composer.clear();
    await this.chat.leave();
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
    const { conversation, me, nameOf, people, room, state, titleOf, typists } = this.chat;
    const { timeline, timeline: { shown } } = room;
    conversation.trim(this.#list.pinned);
    const rows = conversation.rows(Date.now());
    this.#list.show(rows, this.context, shown.older, shown !== timeline);
    const title = titleOf(room);
    this.#entry.show(room, title);
    this.#beginning.show(room, title, !rows.some(({ message }) => message.kind === "text"));
    part("#log").setAttribute("aria-busy", String(timeline.cursor === null));
    this.#peopleList.show(people);
    this.windows.draw();
    this.chat.shown();
    this.chat.notifier?.look();
    this.#overview.show(this.chat);
    this.#status.connection(state, rows.some(({ command }) => command && !command.refused), this.chat.asOf);
    this.#status.typing(typists.sentence(room.id, nameOf));
    showPerson(part("#me"), me.id, nameOf(me.id) || me.name);
    this.aside.draw();
    this.#visit.drawn();
    this.#searching.draw();
    this.whereabouts.arrive();
  }

  #moved() {
    this.#pill.show();
    this.#jump.show();
    this.#reader.read();
  }

  #welcomed() {
    this.#address.follow();
    this.aside.welcomed();
    this.#reader.flush();
  }

  /** The address names a room, and perhaps a message in it. @param {number} id @param {number} message @param {boolean} anew */
  #show(id, message, anew) {
    const { conversation, open, room: before } = this.chat;
    const place = this.#list.place;
    if (conversation.enter(id)) this.#entered(before, place);
    else if (!conversation.rooms.has(id)) return open && this.#lost(id);
    this.#visit.follow(message, anew);
    this.draw();
  }

  /** Another room is shown. @param {Room} before @param {Place|null} place  where the reader was there */
  #entered(before, place) {
    const { id } = this.room;
    this.whereabouts.opened(id);
    this.#visit.enter(before, place);
    this.#earlier.leave();
    this.#entry.composer.open(id);
    this.#reader.flush();
    this.#pill.leave();
    this.#entry.focus();
  }

  /** The room of the address is none of this person's, or no longer. @param {number} id @param {string} [name]  if it was */
  #lost(id, name) {
    const path = location.pathname;
    this.#address.lose();
    this.#drafts.remove(id);
    if (name) this.notice(this.whereabouts.lost(id, name));
    else void this.windows.open("join", path); // if anybody may
  }

  /** Somebody has said something. @param {Message} message */
  #heard(message) {
    const { room, author, html, reply_to, files = [] } = message;
    if (room !== this.room.id || (reply_to && reply_to !== this.aside.root)) return;
    if (!reply_to) this.#pill.arrived();
    const called = mentionedAt(message, this.chat.me.id) ? " mentions you" : "";
    const said = [textOf(html), ...files.map(({ name }) => name)].filter(Boolean).join(", ");
    this.#reader.tell(`${this.chat.nameOf(author)}${called}: ${said}`);
  }

  /** To the newest line of the open room. */
  toNewest() {
    if (this.#visit.toNewest()) this.open(this.room.id);
  }
}

/** @param {string} selector @returns {HTMLElement} */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
