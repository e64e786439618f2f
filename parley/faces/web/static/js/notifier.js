/** @import {Screen} from "./screen.js" */
/** @import {Room} from "./room.js" */
/** @import {Message} from "./wire.js" */

import { decide } from "./notification.js";
import { mentionedAt } from "./mentions.js";
import { pathOf } from "./address.js";
import { textOf } from "./sanitized.js";

const WAIT = 1_500; // milliseconds in which another device may say that it is being read there
const LONGEST = 200; // characters

/**
 * Notifications of the desktop: of what the rule says (`notification.js`), one for each room, closed when it is read. Of several tabs
 * of a person one shows them, whichever holds the lock.
 */
export class Notifier {
  #leads = false;
  #life = new AbortController();
  /** By room. @type {Map<number, {message: Message, since: number, close: () => void}>} */
  #shown = new Map();

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
    const { signal } = this.#life;
    const lead = navigator.locks?.request(`parley-notifier-${screen.chat.me.id}`, { signal }, () => {
      this.#leads = true;
      return new Promise((resolve) => signal.addEventListener("abort", resolve));
    });
    lead?.catch(() => undefined); // it has ended before its turn came
    navigator.serviceWorker?.addEventListener("message", ({ data }) => {
      if (data?.type === "notification") this.#go(data.room, data.message);
    }, { signal });
  }
  #screen;

  /** Messages have come, or call somebody now. Who follows a thread is said only after its reply. @param {Message[]} messages */
  heard(messages) {
    for (const message of messages) if (this.#isTold(message, true)) setTimeout(() => void this.#tell(message.id, message.room), WAIT);
  }

  /** Something may have been read. */
  look() {
    const { conversation } = this.#screen.chat;
    for (const [id, { message, since, close }] of this.#shown) {
      if (conversation.readTo(message) < since) continue;
      this.#shown.delete(id);
      close();
    }
  }

  /** Show no more. */
  end() {
    this.#life.abort();
    for (const { close } of this.#shown.values()) close();
  }

  /** @param {Message} message @param {boolean} follows  its thread */
  #isTold(message, follows) {
    const { conversation, me, quiet } = this.#screen.chat;
    const room = conversation.rooms.get(message.room);
    if (!room) return false;
    const { kind, notify, muted } = room;
    return decide(message, { user: me.id, kind, notify, muted, quiet, follows, read: conversation.readTo(message) }).told;
  }

  /** It is told, unless it was read meanwhile, or is being read. @param {number} id @param {number} number  of the room */
  async #tell(id, number) {
    const { conversation, me } = this.#screen.chat;
    const { rooms, threads } = conversation;
    const room = rooms.get(number);
    const message = room?.timeline.find(id);
    if (!room || !message || !this.#leads || this.#life.signal.aborted) return;
    const { reply_to: root, seq } = message;
    if (!this.#isTold(message, Boolean(root && threads.follows(root)))) return;
    if (root ? this.#screen.aside.isReading(root) : this.#screen.isReading(room)) return;
    const since = Math.max(seq, mentionedAt(message, me.id));
    const close = await this.#show(room, message);
    this.#shown.set(number, { message, since, close });
    this.look();
  }

  /** @param {Room} room @param {Message} message @returns {Promise<() => void>} what closes it */
  async #show(room, { id, author, html, reply_to, mentions = [] }) {
    const { chat } = this.#screen;
    const who = chat.nameOf(author) || "Somebody";
    const where = room.kind === "direct" ? "" : ` in ${chat.titleOf(room)}`;
    const called = mentions.some(({ user }) => user === chat.me.id);
    const does = called ? " mentioned you" : reply_to ? " replied in a thread" : "";
    const title = `${who}${does}${where}`;
    const body = textOf(html).trim().slice(0, LONGEST) || "sent a file";
    const tag = `parley-${chat.me.id}-${room.id}`;
    const options = { body, tag, renotify: true, data: { room: room.id, message: id, path: pathOf(room.id, id) } };
    try {
      const notification = new Notification(title, options);
      notification.onclick = () => {
        window.focus();
        this.#go(room.id, id);
        notification.close();
      };
      return () => notification.close();
    } catch {
      // On phones only a service worker may.
      const registration = await navigator.serviceWorker?.getRegistration();
      await registration?.showNotification(title, options);
      return () => void registration?.getNotifications({ tag }).then((all) => all.forEach((each) => each.close()));
    }
  }

  /** @param {number} room @param {number} message */
  #go(room, message) {
    this.#screen.windows.close();
    this.#screen.open(room, message);
  }
}
