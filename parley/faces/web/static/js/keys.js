/** @import {Screen} from "./screen.js" */

import { sorted } from "./sections.js";

const TYPING = "input, textarea, select, [contenteditable]";

/** The keys that work everywhere on the page. */
export class Keys {
  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
    document.addEventListener("keydown", (event) => {
      if (!event.isComposing && this.#act(event)) event.preventDefault();
    });
  }
  #screen;

  /** @param {KeyboardEvent} event @returns {boolean} whether the key meant something */
  #act({ key, ctrlKey, metaKey, altKey, shiftKey, target, defaultPrevented }) {
    const command = (ctrlKey || metaKey) && !altKey && !shiftKey;
    const typing = target instanceof Element && target.matches(TYPING);
    const writing = target instanceof Element && target.id === "entry";
    if (command && key.toLowerCase() === "k") void this.#screen.windows.toggle("switcher", true);
    else if ((command && key === "/") || (key === "?" && !typing)) void this.#screen.windows.toggle("shortcuts");
    else if (command && key === ",") void this.#screen.windows.toggle("settings");
    else if ((key === "/" && !typing && !altKey) || ((ctrlKey || metaKey) && shiftKey && key.toLowerCase() === "f")) this.#screen.search();
    else if (key === "Escape" && shiftKey) this.#screen.readAll();
    else if (key === "Escape" && writing && !defaultPrevented && document.body.matches(".searching, .threading")) {
      this.#screen.open(this.#screen.room.id);
    } else if (altKey && !ctrlKey && !metaKey && key === "ArrowUp") this.#step(-1, shiftKey);
    else if (altKey && !ctrlKey && !metaKey && key === "ArrowDown") this.#step(1, shiftKey);
    else return false;
    return true;
  }

  /**
   * To the room above or below the open one.
   * @param {number} by
   * @param {boolean} fresh  to the next in which something is new, if need be from the other end on
   */
  #step(by, fresh) {
    const { chat, room } = this.#screen;
    const rooms = sorted(chat.rooms, room, chat.titleOf);
    const at = rooms.indexOf(room);
    const others = [...rooms.slice(at + 1), ...rooms.slice(0, at)];
    if (by < 0) others.reverse();
    const next = fresh ? others.find(({ unread, muted }) => unread.count && !muted) : rooms[at + by];
    if (next) this.#screen.open(next.id);
  }
}
