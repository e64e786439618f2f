/** @import {News} from "./conversation.js" */
/** @import {Pins} from "./windows/pinned.js" */
/** @import {ThreadPanel} from "./windows/thread-panel.js" */
/** @import {Screen} from "./screen.js" */

import { numberOf, pathOf, threadOf } from "./address.js";
import { styled } from "./sheet.js";

const SHORTLY = 500; // milliseconds: what is pinned is asked for when the messages are there

/** What stands beside the room: what is pinned, and a thread, whose part of the page is fetched when somebody first wants one. */
export class Aside {
  /** What is pinned in the open room; null until it is fetched. @type {Pins|null} */
  pins = null;

  /** @type {ThreadPanel|null} */
  #panel = null;
  /** @type {Promise<void>|null} */
  #fetching = null;
  #root = 0;

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
    this.follow();
    setTimeout(() => void this.#pin(), SHORTLY);
  }
  #screen;

  /** The root of the thread that is shown; 0 for none. */
  get root() {
    return this.#root;
  }

  /** Whether somebody looks at this thread. @param {number} root */
  isReading(root) {
    return root === this.#root && !document.hidden && document.hasFocus();
  }

  /** Show what the address says. */
  follow() {
    const root = threadOf(location.pathname);
    document.body.classList.toggle("threading", root !== 0);
    const back = document.querySelector(".bar .back"); // on a phone, where a thread is a screen of its own
    back?.setAttribute("href", root ? pathOf(numberOf(location.pathname)) : "/rooms");
    if (root === this.#root) return;
    this.#root = root;
    if (this.#panel) this.#panel.show(root);
    else if (root) this.#fetching ??= this.#fetch();
  }

  /** Something may look different now. */
  draw() {
    this.#panel?.draw();
    this.pins?.draw();
  }

  /** A log has said something. @param {News} news */
  logged(news) {
    this.#panel?.logged(news);
    this.pins?.logged(news);
  }

  /** The socket works, from now on or again. */
  welcomed() {
    this.#panel?.welcomed();
    this.pins?.forget();
  }

  async #pin() {
    const module = await import("./windows/pinned.js").catch(() => null); // without it the button stays away
    const button = /** @type {HTMLElement} */ (document.querySelector("#pins-button"));
    if (module) this.pins = new module.Pins(button, this.#screen.chat);
    this.#screen.draw();
  }

  async #fetch() {
    try {
      const [{ ThreadPanel }] = await Promise.all([import("./windows/thread-panel.js"), styled("panel"), styled("thread")]);
      this.#panel = await ThreadPanel.make(this.#screen);
      this.#panel.show(this.#root);
    } catch {
      this.#fetching = null;
      this.#screen.notice("The thread could not be loaded. Try again.");
      this.#screen.open(this.#screen.room.id);
    }
  }
}
