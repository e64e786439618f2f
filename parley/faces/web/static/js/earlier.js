/** @import {Timeline} from "./timeline.js" */

import { history } from "./api.js";

const PATIENCE = 1_000;

/** Loads the messages above, one page at a time. After a failure a button says so, and tries again. */
export class Earlier {
  #loading = false;

  /**
   * @param {Timeline} timeline
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

  async load() {
    const { room, start: before, generation, older } = this.#timeline;
    if (this.#loading || !older) return;
    this.#loading = true;
    this.#button.hidden = true;
    try {
      this.#timeline.history({ ...(await history(room, before)), before, generation });
      this.#loading = false;
      this.#loaded();
    } catch {
      this.#button.hidden = false;
      setTimeout(() => (this.#loading = false), PATIENCE);
    }
  }
}
