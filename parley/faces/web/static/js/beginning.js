/** @import {Room} from "./room.js" */

import { mayInvite } from "./windows/may.js";

const LOOPBACK = /^(localhost|127\..*|\[::1\])$/;

/** What stands above the first message of a room: that it begins there, and how others come in. */
export class Beginning {
  /** @param {HTMLElement} place @param {number} general @param {(sentence: string) => void} notice */
  constructor(place, general, notice) {
    this.#place = place;
    this.#general = general;
    const way = LOOPBACK.test(location.hostname)
      ? "So far only this machine reaches it: started with --host 0.0.0.0, it is there for others in your network."
      : `Everybody who signs in at ${location.origin} is in this room.`;
    this.#part("way").textContent = way;
    this.#part("address").hidden = LOOPBACK.test(location.hostname);
    this.#part("address").addEventListener("click", async () => {
      const { copy } = await import("./clipboard.js");
      notice((await copy(location.origin)) ? "The address is copied: send it to those who should come." : `Send them ${location.origin}`);
    });
  }
  #place;
  #general;

  /** @param {Room} room @param {string} title @param {boolean} silent  nobody has said anything in what is shown */
  show({ id, kind, role, archived, timeline }, title, silent) {
    this.#place.hidden = timeline.cursor === null || timeline.shown.older;
    const what = kind === "direct" ? `your conversation with ${title}` : title || "it";
    this.#part("title").textContent = `This is where ${what} begins.`;
    const general = id === this.#general;
    this.#part("hint").hidden = !silent || archived;
    this.#part("everybody").hidden = !silent || !general;
    this.#part("invite").hidden = !mayInvite({ kind, role, archived, general });
  }

  /** @param {string} name */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#place.querySelector(`[data-part=${name}]`));
  }
}
