/** @import {Begin} from "./chat.js" */
/** @import {Place} from "./message-list.js" */
/** @import {Room} from "./room.js" */
/** @import {File, Message} from "./wire.js" */

import { Address, pathOf } from "./address.js";
import { Aside, pathOfThread } from "./aside.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Drafts } from "./drafts.js";
import { Earlier } from "./earlier.js";
import { Helpers } from "./helpers.js";
import { Jump } from "./jump.js";
import { MessageList } from "./message-list.js";
import { Overview } from "./overview.js";
import { PeopleList } from "./people-list.js";
import { Pill } from "./pill.js";
import { Reader } from "./reader.js";
import { Status } from "./status.js";
import { randomKey } from "./shelf.js";
import { mentionedAt } from "./mentions.js";
import { Searching } from "./searching.js";
import { showPerson } from "./avatar.js";
import { Opener } from "./opener.js";
import { textOf } from "./sanitized.js";
import { atMidnight } from "./time.js";
import { Visit } from "./visit.js";

const LATELY = 20; // rooms
const SOON = 2_000; // milliseconds: the switcher is there before Ctrl+K, and what is typed next goes into it

/** What is shown of a chat: the parts of the page, and what each is given to draw. */
export class Screen {
  #editing = 0;
  #awaited = 0;
  #leaving = 0;
  /** The rooms that were open, the latest first. @type {number[]} */
  lately = [];
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
      entered: ({ id, name }) => id !== this.#awaited && name && this.notice(`You are in “${name}” now.`),
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
    this.#composer = new Composer(/** @type {HTMLFormElement} */ (part("#composer")), this.#drafts, {
      post: (source, files) => this.#post(source, files),
      edit: (message, source) => this.chat.command({ type: "edit", key: randomKey(), message, source }),
      last: () => this.chat.conversation.lastOwn,
      typing: () => void this.chat.send({ type: "typing", room: this.room.id }),
      editing: (message) => {
        this.#editing = message;
        draw();
      },
      helper: () => this.helpers.of(/** @type {HTMLFormElement} */ (part("#composer"))),
    });
    void this.#act();
    this.#pill = new Pill(part("#pill"), this.#list, () => this.#toNewest().focus());
    this.windows = new Opener(this);
    this.helpers = new Helpers(this);
    this.aside = new Aside(this);
    this.#searching = new Searching(this);
    this.#composer.open(room);
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
  #composer;
  #visit;

  start() {
    this.draw();
    this.chat.connect();
    this.#write();
    void import("./attach.js").then(({ attach }) => attach(this, this.#composer));
    setTimeout(() => void this.windows.prepare("switcher"), SOON);
  }

  /** What the buttons of messages do is no part of the first view. */
  async #act() {
    const { MessageActions } = await import("./message-actions.js");
    new MessageActions(this.#list, this.#composer, this.chat, {
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
    const known = { me: me.id, kept: room.kept, pins, aside: false, nameOf, moodOf, roomOf, editing: this.#editing };
    return { ...known, threads: conversation.threads, replying: conversation.replying(Date.now()) };
  }

  /** Go to a room that this person has just got a seat in, as soon as the socket says so. @param {number} id */
  enter(id) {
    this.#awaited = id;
    this.#arrive();
  }

  #arrive() {
    if (!this.chat.conversation.rooms.has(this.#awaited)) return;
    const room = this.#awaited;
    this.#awaited = 0;
    this.open(room);
    this.#write();
  }

  /** This person is about to leave a room: no news to them. @param {number} id  0: they do not */
  leaving(id) {
    this.#leaving = id;
  }

  /** The focus to a message of the room, or else to where one writes. @param {number} id */
  focus(id) {
    const { key, author } = this.room.timeline.find(id) ?? {};
    const element = this.#list.element(key ? `${author} ${key}` : `m${id}`);
    if (element) element.focus();
    else this.#write();
  }

  /** Put text where one writes. @param {string} text */
  insert(text) {
    this.#composer.insert(text);
  }

  /** Everything is read, in all rooms. */
  readAll() {
    this.#reader.readAll();
  }

  /** End the chat for good and forget what was kept in this browser. */
  async leave() {
    this.#composer.clear();
    await this.chat.leave();
  }

  /** To the field; without a keyboard, only who touches it wants the one on the screen. */
  #write() {
    if (matchMedia("(hover: hover)").matches) this.#composer.field.focus();
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
    const { timeline } = room;
    const { shown } = timeline;
    conversation.trim(this.#list.pinned);
    const rows = conversation.rows(Date.now());
    this.#list.show(rows, this.context, shown.older, shown !== timeline);
    this.#composer.forget(shown.find(this.#editing)?.deleted_at ? this.#editing : 0);
    const title = titleOf(room);
    this.#composer.show(title && `${room.kind === "direct" ? "to" : "in"} ${title}`, room.archived);
    part("#beginning").hidden = timeline.cursor === null || shown.older;
    part("#beginning .title").textContent = `This is where ${room.kind === "direct" ? `your conversation with ${title}` : "it"} begins.`;
    part("#hint").hidden = rows.some(({ message }) => message.kind === "text");
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
    this.#arrive();
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
    this.lately = [id, ...this.lately.filter((each) => each !== id)].slice(0, LATELY);
    this.#visit.enter(before, place);
    this.#earlier.leave();
    this.#composer.open(id);
    this.#reader.flush();
    this.#pill.leave();
    this.#write();
  }

  /** The room of the address is none of this person's, or no longer. @param {number} id @param {string} [name]  if it was */
  #lost(id, name) {
    const gone = id === this.#leaving ? "You have left" : "You are no longer in";
    this.#leaving = 0;
    this.#status.notice(name ? `${gone} “${name}”.` : "There is no such room, or you are not in it.");
    this.#address.lose();
    this.#drafts.remove(id);
    if (!name) void this.windows.open("join", id); // if anybody may
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

  /** @param {string} source @param {File[]} files */
  #post(source, files) {
    const ids = files.length ? { files: files.map(({ id }) => id) } : {};
    this.chat.command({ type: "post", key: randomKey(), room: this.room.id, source, ...ids }, files);
    this.room.held = false; // who answers has read
    this.#toNewest();
  }

  #toNewest() {
    if (this.#visit.toNewest()) this.open(this.room.id);
    return this.#composer.field;
  }
}

/** @param {string} selector @returns {HTMLElement} */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
