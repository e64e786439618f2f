/** @import {Chat} from "../chat.js" */
/** @import {News} from "../conversation.js" */
/** @import {Message} from "../wire.js" */

import { request } from "../api.js";

/** What is pinned in the open room: asked for once, and from then on what the log says. */
export class Pins {
  /** By room, and by the id of the message. @type {Map<number, Map<number, Message>>} */
  #known = new Map();

  /** @param {HTMLElement} button  says how many there are @param {Chat} chat */
  constructor(button, chat) {
    this.#button = button;
    this.#chat = chat;
  }
  #button;
  #chat;

  /** Those of the open room, the latest first. */
  get list() {
    const pinned = [...(this.#known.get(this.#chat.room.id)?.values() ?? [])];
    return pinned.sort((a, b) => (b.pinned?.at ?? "").localeCompare(a.pinned?.at ?? ""));
  }

  /** A log has said something. @param {News} news */
  logged({ changed, reset }) {
    if (reset) this.#known.delete(reset); // what came between may be missing
    for (const message of changed) {
      const here = this.#known.get(message.room);
      if (message.pinned) here?.set(message.id, message);
      else here?.delete(message.id);
    }
  }

  /** The server listens again: perhaps another one, with another past. */
  forget() {
    this.#known.clear();
  }

  draw() {
    const { room } = this.#chat;
    const many = this.list.length;
    this.#button.hidden = many === 0;
    const count = /** @type {HTMLElement} */ (this.#button.querySelector("[data-count]"));
    if (count.textContent !== String(many)) count.textContent = String(many);
    if (!this.#known.has(room.id) && room.timeline.cursor !== null && this.#chat.open) void this.#ask(room.id);
  }

  /** @param {number} room */
  async #ask(room) {
    /** @type {Map<number, Message>} */
    const here = new Map();
    this.#known.set(room, here);
    try {
      const { messages } = await request("GET", `/api/rooms/${room}/pins`);
      const timeline = this.#chat.conversation.rooms.get(room)?.timeline;
      for (const message of /** @type {Message[]} */ (messages)) {
        const later = timeline?.find(message.id); // the log may have been faster
        if (!later || later.changed_seq <= message.changed_seq) here.set(message.id, message);
      }
      this.#chat.proceed();
    } catch {
      // The button stays away until the socket begins again.
    }
  }
}
