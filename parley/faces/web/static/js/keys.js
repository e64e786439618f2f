/** @import {Screen} from "./screen.js" */

import { Switcher } from "./switcher.js";
import { sorted } from "./rooms-list.js";

const TYPING = "input, textarea, select, [contenteditable]";

/** The keys that work everywhere on the page, and the window that lists all of them. */
export class Keys {
  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
    this.#switcher = new Switcher(/** @type {HTMLDialogElement} */ (document.querySelector("#switcher")), screen);
    this.#shortcuts = /** @type {HTMLDialogElement} */ (document.querySelector("#shortcuts"));
    if (/Mac|iP/.test(navigator.platform)) {
      for (const key of this.#shortcuts.querySelectorAll("[data-mac]")) key.textContent = key.getAttribute("data-mac");
    }
    document.addEventListener("keydown", (event) => {
      if (!event.isComposing && this.#act(event)) event.preventDefault();
    });
    document.addEventListener("click", ({ target }) => {
      const action = /** @type {Element} */ (target).closest?.("[data-window]")?.getAttribute("data-window");
      if (action === "shortcuts") this.#shortcuts.showModal();
      else if (action === "close" || target === this.#shortcuts) this.#shortcuts.close();
    });
  }
  #screen;
  #switcher;
  #shortcuts;

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
  #act({ key, ctrlKey, metaKey, altKey, shiftKey, target }) {
    const command = (ctrlKey || metaKey) && !altKey && !shiftKey;
    const typing = target instanceof Element && target.matches(TYPING);
    if (command && key.toLowerCase() === "k") this.#switcher.toggle();
    else if ((command && key === "/") || (key === "?" && !typing)) this.#list();
    else if (key === "Escape" && shiftKey) this.#screen.readAll();
    else if (altKey && !ctrlKey && !metaKey && key === "ArrowUp") this.#step(-1);
    else if (altKey && !ctrlKey && !metaKey && key === "ArrowDown") this.#step(1);
    else return false;
    return true;
  }

  #list() {
    if (this.#shortcuts.open) this.#shortcuts.close();
    else this.#shortcuts.showModal();
  }

  /** To the room above or below the open one. @param {number} by */
  #step(by) {
    const rooms = sorted(this.#screen.chat.rooms);
    const next = rooms[rooms.indexOf(this.#screen.room) + by];
    if (next) this.#screen.open(next.id);
  }
}
