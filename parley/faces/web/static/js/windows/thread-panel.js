/** @import {News} from "../conversation.js" */
/** @import {Screen} from "../screen.js" */
/** @import {File} from "../wire.js" */

import { attach } from "../attach.js";
import { Composer } from "../composer.js";
import { Drafts } from "../drafts.js";
import { LINE, MessageList } from "../message-list.js";
import { MessageActions } from "../message-actions.js";
import { Thread } from "../thread.js";
import { markup } from "../markup.js";
import { randomKey } from "../shelf.js";
import { Problem, request } from "../api.js";

const PAGE = 50;

/** A thread beside the room: its root, the replies, and a field of its own. On a phone, a screen of its own. */
export class ThreadPanel {
  #thread = new Thread(0);
  #editing = 0;
  #seen = Infinity;
  #loading = false;

  /** Put one into the page. @param {Screen} screen @throws {Error} when it cannot be loaded */
  static async make(screen) {
    const panel = await markup("thread");
    document.querySelector(".conversation")?.after(panel);
    return new ThreadPanel(panel, screen);
  }

  /** @param {HTMLElement} panel @param {Screen} screen */
  constructor(panel, screen) {
    this.#panel = panel;
    this.#screen = screen;
    const { chat } = screen;
    const form = /** @type {HTMLFormElement} */ (panel.querySelector("form"));
    form.dataset["longest"] = document.querySelector("form")?.dataset["longest"];
    this.#tray(form).dataset["largest"] = this.#tray(document).dataset["largest"];
    this.#follow = /** @type {HTMLButtonElement} */ (this.#part("follow"));
    this.#list = new MessageList(/** @type {HTMLElement} */ (panel.querySelector(".log")), this.#part("messages"), {
      older: () => void this.#load(true),
      moved: () => this.#read(),
    });
    this.#composer = new Composer(form, new Drafts(chat.me.id), {
      post: (source, files) => this.#post(source, files),
      edit: (message, source) => chat.command({ type: "edit", key: randomKey(), message, source }),
      prompter: () => screen.prompters.of(form),
      last: () => this.#thread.list().findLast(({ author }) => author === chat.me.id) ?? null,
      typing: () => undefined, // the room is told of who writes to all of it
      editing: (message) => {
        this.#editing = message;
        screen.draw();
      },
    });
    attach(screen, this.#composer);
    new MessageActions(this.#list, this.#composer, chat, {
      notice: (sentence) => screen.notice(sentence),
      unread: ({ seq }) => screen.unread(seq),
      why: (message) => void screen.windows.open("why", message),
      thread: () => this.#composer.field.focus(),
    });
    this.#part("failed").addEventListener("click", () => void this.#load(false));
    this.#part("close").addEventListener("click", () => this.#close());
    this.#follow.addEventListener("click", () => this.#turn());
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.shiftKey) this.#close();
    });
    for (const name of ["focus", "visibilitychange"]) addEventListener(name, () => this.#read());
  }
  /** Where files wait for their message. @param {ParentNode} within */
  #tray(within) {
    return /** @type {HTMLElement} */ (within.querySelector(".tray"));
  }
  #panel;
  #screen;
  #list;
  #composer;
  #follow;

  /** Show a thread of the open room. @param {number} root  0: none */
  show(root) {
    const { chat } = this.#screen;
    this.#panel.hidden = root === 0;
    if (root === 0) return;
    this.#thread = new Thread(root);
    this.#thread.take(chat.room.timeline.find(root));
    this.#seen = chat.conversation.threads.position(root);
    this.#list.enter(chat.conversation.threads.isUnread(root) ? LINE : null);
    this.#composer.open(`${chat.room.id}.${root}`);
    this.#part("failed").hidden = true;
    this.#composer.focus();
    this.draw();
    void this.#load(false);
  }

  /** A log has said something. @param {News} news */
  logged({ changed, reset }) {
    for (const message of changed) this.#thread.take(message);
    if (reset && reset === this.#screen.room.id) void this.#load(false); // there may be a gap before it
  }

  /** The socket works again. */
  welcomed() {
    if (!this.#part("failed").hidden) void this.#load(false);
  }

  draw() {
    if (this.#panel.hidden) return;
    const { chat } = this.#screen;
    const { conversation, room } = chat;
    const thread = this.#thread;
    const rows = thread.start === Infinity ? [] : conversation.replies(thread, Date.now(), this.#seen);
    this.#list.show(rows, { ...this.#screen.context, aside: true, editing: this.#editing }, thread.older);
    this.#composer.forget(thread.list().some(({ id }) => id === this.#editing) ? 0 : this.#editing);
    const gone = Boolean(thread.root?.deleted_at);
    this.#composer.show("a reply", room.archived || gone);
    if (gone) this.#composer.field.placeholder = "The message is deleted: nobody replies to it any more";
    this.#panel.querySelector(".log")?.setAttribute("aria-busy", String(thread.start === Infinity));
    const following = conversation.threads.follows(thread.id);
    this.#follow.textContent = following ? "Following" : "Follow";
    this.#follow.title = following ? "You hear of new replies. Unfollow" : "Hear of new replies";
    this.#follow.setAttribute("aria-pressed", String(following));
  }

  /** A page of replies. @param {boolean} older  those above; else the newest, the root and how this person stands to it */
  async #load(older) {
    const thread = this.#thread;
    if (this.#loading && older) return;
    this.#loading = true;
    this.#part("failed").hidden = true;
    try {
      const page = `/api/messages?thread=${thread.id}&limit=${PAGE}${older ? `&before=${thread.start}` : ""}`;
      const [replies, stands] = await Promise.all([request("GET", page), older ? null : request("GET", `/api/threads/${thread.id}`)]);
      if (thread !== this.#thread) return;
      if (stands) this.#stands(stands);
      thread.page(replies);
    } catch (error) {
      if (thread !== this.#thread) return;
      if (error instanceof Problem && error.status === 404) this.#missing();
      else this.#part("failed").hidden = false;
    } finally {
      this.#loading = false;
      this.#screen.draw();
    }
  }

  /** @param {{message: import("../wire.js").Message, following: boolean, read: number}} stands */
  #stands({ message, following, read }) {
    const { chat } = this.#screen;
    if (message.id !== this.#thread.id || message.room !== chat.room.id) return this.#missing();
    const { threads } = chat.conversation;
    threads.stand({ room: message.room, thread: message.id, following, read });
    if (this.#thread.start === Infinity) this.#seen = threads.position(message.id);
    this.#thread.take(message);
  }

  #missing() {
    this.#screen.notice("There is no such thread, or it is not for you to see.");
    this.#close();
  }

  /** @param {string} source @param {File[]} files */
  #post(source, files) {
    const { chat } = this.#screen;
    const ids = files.length ? { files: files.map(({ id }) => id) } : {};
    chat.command({ type: "post", key: randomKey(), room: chat.room.id, source, reply_to: this.#thread.id, ...ids }, files);
    this.#list.toBottom();
  }

  #turn() {
    const { chat } = this.#screen;
    const message = this.#thread.id;
    chat.command({ type: "follow", key: randomKey(), message, on: !chat.conversation.threads.follows(message) });
  }

  /** What is in view has been read, if somebody looks. */
  #read() {
    const { chat } = this.#screen;
    const thread = this.#thread;
    if (this.#panel.hidden || !this.#list.visible || document.hidden || !document.hasFocus()) return;
    const seq = this.#list.pinned ? thread.end : (this.#list.lastSeen?.seq ?? 0);
    if (!chat.conversation.threads.read(thread.id, seq)) return;
    chat.send({ type: "read", room: chat.room.id, seq, thread: thread.id });
    this.#screen.draw();
  }

  #close() {
    this.#composer.cancel();
    this.#screen.open(this.#screen.room.id);
    this.#screen.focus(this.#thread.id);
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#panel.querySelector(`[data-part="${name}"]`));
  }
}
