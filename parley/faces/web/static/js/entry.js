/** @import {Drafts} from "./drafts.js" */
/** @import {Room} from "./room.js" */
/** @import {Screen} from "./screen.js" */
/** @import {File} from "./wire.js" */

import { Composer } from "./composer.js";
import { randomKey } from "./shelf.js";

/** Where one writes in the open room: what leaves the field becomes a command. */
export class Entry {
  /** The message that is being changed; 0 for none. */
  editing = 0;

  /** @param {HTMLFormElement} form @param {Screen} screen @param {Drafts} drafts */
  constructor(form, screen, drafts) {
    this.#screen = screen;
    const { chat } = screen;
    this.composer = new Composer(form, drafts, {
      post: (source, files) => this.#post(source, files),
      edit: (message, source) => chat.command({ type: "edit", key: randomKey(), message, source }),
      last: () => chat.conversation.lastOwn,
      typing: () => void chat.send({ type: "typing", room: screen.room.id }),
      editing: (message) => {
        this.editing = message;
        screen.draw();
      },
      prompter: () => screen.prompters.of(form),
    });
  }
  #screen;

  /** To the field, if one writes by a keyboard. */
  focus() {
    this.composer.focus();
  }

  /** @param {Room} room @param {string} title  what it is called */
  show(room, title) {
    const gone = room.timeline.shown.find(this.editing)?.deleted_at;
    this.composer.forget(gone ? this.editing : 0);
    this.composer.show(title && `${room.kind === "direct" ? "to" : "in"} ${title}`, room.archived);
  }

  /** @param {string} source @param {File[]} files */
  #post(source, files) {
    const { chat, room } = this.#screen;
    const ids = files.length ? { files: files.map(({ id }) => id) } : {};
    chat.command({ type: "post", key: randomKey(), room: room.id, source, ...ids }, files);
    room.held = false; // who answers has read
    this.#screen.toNewest();
  }
}
