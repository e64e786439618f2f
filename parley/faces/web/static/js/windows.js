/** @import {Screen} from "./screen.js" */

import { markup } from "./markup.js";
import { styled } from "./sheet.js";

/**
 * @typedef {object} View  What stands in a window.
 * @property {(about: any, beside: HTMLElement|null) => boolean|void|Promise<boolean>} [show]  it is about to open, unless
 *   this says false; `about`: what `open` or `data-about` say, `beside`: what opened it
 * @property {() => void} [begin]  it is open now
 * @property {() => void} [draw]  it is open, and something may have changed
 *
 * @typedef {{default: new (dialog: any, screen: Screen) => View}} Module
 *
 * @typedef {object} Made  A window that has been fetched.
 * @property {HTMLElement} dialog  a `<dialog>`; or, for a card beside what opened it, an element with `popover`
 * @property {View} view
 * @property {HTMLElement|null} beside  what opened it last
 */

/**
 * All windows (`opener.js` opens them): a `<dialog>` in `html/NAME.html`, the class that fills it, and the style sheets it needs beside
 * `windows.css`. Any element with `data-window="NAME"` opens one.
 * @type {Record<string, {module: () => Promise<Module>, sheets: string[]}>}
 */
const WINDOWS = {
  account: { module: () => import("./windows/account.js"), sheets: ["account"] },
  browse: { module: () => import("./windows/browse.js"), sheets: ["browse"] },
  join: { module: () => import("./windows/join.js"), sheets: ["forms"] },
  notifications: { module: () => import("./windows/notifications.js"), sheets: ["forms", "notifications"] },
  "new-room": { module: () => import("./windows/new-room.js"), sheets: ["forms"] },
  "new-message": { module: () => import("./windows/new-message.js"), sheets: ["forms", "finder"] },
  pins: { module: () => import("./windows/pins.js"), sheets: ["found"] },
  person: { module: () => import("./windows/person.js"), sheets: ["person-card"] },
  room: { module: () => import("./windows/room.js"), sheets: ["forms", "finder", "notifications", "room-window"] },
  settings: { module: () => import("./windows/settings.js"), sheets: ["forms", "settings"] },
  viewer: { module: () => import("./windows/viewer.js"), sheets: ["viewer"] },
  shortcuts: { module: () => import("./windows/shortcuts.js"), sheets: ["shortcuts"] },
  why: { module: () => import("./windows/why.js"), sheets: ["forms", "notifications"] },
  threads: { module: () => import("./windows/threads.js"), sheets: ["found"] },
  switcher: { module: () => import("./windows/switcher.js"), sheets: ["finder", "switcher"] },
};

/** Windows above the page, each fetched when it is first wanted, as this is itself. Esc, `data-close` and a click beside one close it. */
export class Windows {
  /** @type {Map<string, Promise<Made>>} */
  #fetched = new Map();
  /** @type {Made[]} */
  #made = [];
  /** What was open when a press began. @type {Made[]} */
  #before = [];

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
    addEventListener("pointerdown", () => (this.#before = this.#open), true);
  }
  #screen;

  get #open() {
    return this.#made.filter(({ dialog }) => isOpen(dialog));
  }

  /** Whether the press that has just ended on this button has closed, by being beside it, the card that it opened. @param {HTMLElement} button */
  hasClosed(button) {
    return this.#before.some(({ beside }) => beside === button);
  }

  /**
   * Open a window; the focus is back where it was when it closes.
   * @param {string} name
   * @param {any} [about]  what its view is to show
   * @param {HTMLElement|null} [beside]  what opened it
   * @throws {Error} when it could not be loaded
   */
  async open(name, about, beside = null) {
    const made = await this.fetch(name);
    const { dialog, view } = made;
    if (isOpen(dialog)) return;
    made.beside = beside;
    if ((await view.show?.(about, beside)) === false || isOpen(dialog)) return;
    if (dialog instanceof HTMLDialogElement) {
      /** @type {HTMLElement|null|undefined} */ (beside?.closest("[popover]"))?.hidePopover(); // the focus goes back to what opened that
      dialog.showModal();
    } else {
      (beside?.closest("dialog") ?? document.body).append(dialog); // what is beside an open window cannot be reached
      dialog.showPopover();
    }
    view.draw?.();
    view.begin?.();
  }

  /** Open a window, or close it when it is open. @param {string} name */
  async toggle(name) {
    const made = await this.fetch(name);
    if (isOpen(made.dialog)) close(made);
    else await this.open(name);
  }

  /** Close all. */
  close() {
    for (const made of this.#open) close(made);
  }

  /** Something has changed that open windows may show. */
  draw() {
    for (const { view } of this.#open) view.draw?.();
  }

  /** Have a window ready. @param {string} name @returns {Promise<Made>} */
  fetch(name) {
    let made = this.#fetched.get(name);
    if (!made) {
      made = this.#make(name);
      this.#fetched.set(name, made);
      made.catch(() => this.#fetched.delete(name)); // the next attempt asks again
    }
    return made;
  }

  /** @param {string} name @returns {Promise<Made>} */
  async #make(name) {
    const known = WINDOWS[name];
    if (!known) throw new Error(`There is no window ${name}.`);
    const sheets = ["windows", ...known.sheets].map(styled);
    const [{ default: Content }, dialog] = await Promise.all([known.module(), markup(name), ...sheets]);
    document.body.append(dialog);
    /** @type {Made} */
    const made = { dialog, view: new Content(dialog, this.#screen), beside: null };
    this.#made.push(made);
    for (const name of ["close", "toggle"]) dialog.addEventListener(name, () => this.#closed(dialog));
    if (dialog instanceof HTMLDialogElement) closable(dialog);
    return made;
  }

  /** The browser gives the focus back to what had it; unless that is gone. @param {HTMLElement} dialog */
  #closed(dialog) {
    if (!isOpen(dialog) && document.activeElement === document.body) this.#screen.focus();
  }
}

/** @param {HTMLElement} dialog */
function isOpen(dialog) {
  return dialog.matches("[open], :popover-open");
}

/** @param {Made} made */
function close({ dialog }) {
  if (dialog instanceof HTMLDialogElement) dialog.close();
  else dialog.hidePopover();
}

/** @param {HTMLDialogElement} dialog */
function closable(dialog) {
  let beside = false; // a drag that began inside, of selected text, ends nothing
  dialog.addEventListener("pointerdown", (event) => {
    beside = isBeside(dialog, event);
  });
  dialog.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-close]");
    if (button || (beside && isBeside(dialog, event))) dialog.close();
  });
}

/** @param {HTMLDialogElement} dialog @param {MouseEvent} event */
function isBeside(dialog, { target, clientX: x, clientY: y }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return target === dialog && (x < left || x > right || y < top || y > bottom);
}
