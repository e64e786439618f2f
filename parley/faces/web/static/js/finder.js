/** @import {Page} from "./visit.js" */
/** @import {Room} from "./room.js" */
/** @import {Message} from "./wire.js" */

import { Problem, request } from "./api.js";
import { Island } from "./island.js";
import { nameOf } from "./rows.js";
import { fullTime } from "./time.js";

const PAGE = 50;
const SHOWN = 2_500; // milliseconds for which a message that was found stands out

/** Goes to any message of a room: where the timeline does not reach, it loads what is around. Fetched when first wanted. */
export class Finder {
  /** @type {Promise<void>|null} */
  #loading = null;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }
  #page;

  /**
   * Show a message.
   * @param {Room} room  the one that is shown
   * @param {number} id
   * @returns {Promise<{problem: string, root: number}>} why it is not shown, or the root of the thread in which it is
   */
  async seek(room, id) {
    const { timeline } = room;
    try {
      const message = timeline.shown.find(id) ?? timeline.find(id) ?? (await request("GET", `/api/messages/${id}`));
      if (message.room !== room.id) return { problem: "There is no such message in this room.", root: 0 };
      if (message.deleted_at) return { problem: "This message has been deleted.", root: 0 };
      if (message.reply_to) return { problem: "", root: message.reply_to };
      if (timeline.list().includes(message)) timeline.island = null;
      else if (!timeline.shown.list().includes(message)) await this.#load(room, message.seq);
      if (this.#page.room() === room) this.#arrive(message);
      return { problem: "", root: 0 };
    } catch (error) {
      const unknown = error instanceof Problem && error.status === 404;
      const problem = unknown ? "There is no such message, or you may not read it." : "The message could not be loaded. Try again.";
      return { problem, root: 0 };
    }
  }

  /** Load what comes next below the old history that is shown. */
  async further() {
    const { timeline } = this.#page.room();
    const { island } = timeline;
    if (this.#loading || !island?.ready || island.doubtful || timeline.cursor === null) return;
    const { end: beyond, generation } = island;
    this.#loading = this.#once(async () => {
      const page = await request("GET", `/api/messages?room=${island.room}&beyond=${beyond}&limit=${PAGE}`);
      island.further({ ...page, beyond, generation });
      timeline.meet();
    });
    await this.#loading;
  }

  /** When changes were missed, load what is shown again. */
  renew() {
    const room = this.#page.room();
    const { island } = room.timeline;
    if (!island?.doubtful || this.#loading) return;
    const place = this.#page.list.lastSeen?.seq ?? island.start;
    this.#loading = this.#once(() => this.#begin(room, island, place));
  }

  /** @param {() => Promise<void>} load */
  async #once(load) {
    try {
      await load();
      this.#page.draw();
    } catch {
      this.#page.notice("Newer messages could not be loaded. Scroll to try again.");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    } finally {
      this.#loading = null;
    }
  }

  /** @param {Room} room @param {number} place */
  async #load(room, place) {
    const island = new Island(room.id);
    room.timeline.island = island;
    try {
      await this.#begin(room, island, place);
    } catch (error) {
      if (room.timeline.island === island) room.timeline.island = null;
      throw error;
    }
  }

  /** @param {Room} room @param {Island} island @param {number} place */
  async #begin(room, island, place) {
    for (let begun = false; !begun && room.timeline.island === island; ) {
      const { generation } = island;
      begun = island.begin(await request("GET", `/api/messages?room=${room.id}&around=${place}&limit=${PAGE}`), generation);
    }
    room.timeline.meet();
  }

  /** @param {Message} message */
  #arrive(message) {
    const { draw, list, tell } = this.#page;
    const top = list.scroller.clientHeight / 4;
    list.go({ name: nameOf(message), top }, (element) => {
      element.classList.add("found");
      setTimeout(() => element.classList.remove("found"), SHOWN);
      element.focus({ preventScroll: true });
      tell(`Message of ${fullTime(message.created_at)}`);
    });
    draw();
  }
}
