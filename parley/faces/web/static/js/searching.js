/** @import {Screen} from "./screen.js" */
/** @import {SearchPanel} from "./windows/search-panel.js" */

import { styled } from "./sheet.js";

/** Search, as the address says it: `/search?q=…`, or `?q=…` at a message that was found. Its part of the page is fetched when wanted. */
export class Searching {
  /** @type {SearchPanel|null} */
  #panel = null;
  /** @type {Promise<void>|null} */
  #fetching = null;

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
  }
  #screen;

  /** Show what the address says. */
  follow() {
    const { pathname, searchParams } = new URL(location.href);
    const open = pathname === "/search" || searchParams.has("q");
    document.body.classList.toggle("searching", open);
    document.body.classList.toggle("at-search", pathname === "/search");
    if (this.#panel) this.#panel.show(open);
    else if (open) this.#fetching ??= this.#fetch();
  }

  /** Something may look different now. */
  draw() {
    this.#panel?.draw();
  }

  /** To the field; false when it is not open. */
  focus() {
    this.#screen.windows.close();
    return this.#panel?.focus() ?? false;
  }

  async #fetch() {
    try {
      const [{ SearchPanel }] = await Promise.all([import("./windows/search-panel.js"), styled("panel"), styled("search")]);
      this.#panel = await SearchPanel.make(this.#screen);
      this.follow();
    } catch {
      this.#fetching = null;
      this.#screen.notice("Search could not be loaded. Try again.");
      this.#screen.open(this.#screen.room.id);
    }
  }
}
