/** @import {Island} from "./island.js" */
/** @import {Timeline} from "./timeline.js" */

import { history } from "./api.js";

const PATIENCE = 1_000;

/** Loads the messages above, one page at a time. After a failure a button says so, and tries again. */
export class Earlier {
  /** @type {{timeline: Timeline|Island, answer: Promise<boolean>}|null} */
  #asked = null;

  /**
   * @param {() => Timeline|Island} timeline  what is shown of the room
   * @param {HTMLElement} button
   * @param {() => void} loaded
   */
  constructor(timeline, button, loaded) {
    this.#timeline = timeline;
    this.#button = button;
    this.#loaded = loaded;
    button.addEventListener("click", () => void this.load());
  }
  #timeline;
  #button;
  #loaded;

  /** One page more; the one that is on its way counts. @returns {Promise<boolean>} whether it came */
  load() {
    const timeline = this.#timeline();
    if (!timeline.older) return Promise.resolve(false);
    if (this.#asked?.timeline !== timeline) this.#asked = { timeline, answer: this.#ask(timeline) };
    return this.#asked.answer;
  }

  /** Another room is shown: the failure is not its own. */
  leave() {
    this.#button.hidden = true;
  }

  /** @param {Timeline|Island} timeline */
  async #ask(timeline) {
    const { room, start: before, generation } = timeline;
    this.#button.hidden = true;
    try {
      timeline.history({ ...(await history(room, before)), before, generation });
      this.#done(timeline);
      this.#loaded();
      return true;
    } catch {
      this.#button.hidden = this.#timeline() !== timeline;
      setTimeout(() => this.#done(timeline), PATIENCE);
      return false;
    }
  }

  /** @param {Timeline|Island} timeline */
  #done(timeline) {
    if (this.#asked?.timeline === timeline) this.#asked = null;
  }
}
