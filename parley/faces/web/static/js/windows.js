/** @import {Screen} from "./screen.js" */

import { addressOf, styled } from "./sheet.js";

/**
 * @typedef {object} View  What stands in a window.
 * @property {(about: any) => void} [show]  it opens; `about`: what `open` or `data-about` say
 * @property {() => void} [draw]  something has changed while it is open
 *
 * @typedef {{default: new (dialog: HTMLDialogElement, screen: Screen) => View}} Module
 *
 * @typedef {object} Made  A window that has been fetched.
 * @property {HTMLDialogElement} dialog
 * @property {View} view
 */

/**
 * All windows: a `<dialog>` in `html/NAME.html`, the class that fills it, and the style sheets it needs beside
 * `windows.css`. Any element with `data-window="NAME"` opens one.
 * @type {Record<string, {module: () => Promise<Module>, sheets: string[]}>}
 */
const WINDOWS = {
  shortcuts: { module: () => import("./windows/shortcuts.js"), sheets: ["shortcuts"] },
  switcher: { module: () => import("./windows/switcher.js"), sheets: ["switcher"] },
};

/** Windows above the page, each fetched when it is first wanted. Esc, `data-close` and a click beside one close it. */
export class Windows {
  /** @type {Map<string, Promise<Made>>} */
  #made = new Map();
  /** @type {Set<View>} */
  #open = new Set();

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
    document.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("[data-window]") : null;
      if (button instanceof HTMLElement) void this.open(button.dataset["window"] ?? "", button.dataset["about"]);
    });
  }
  #screen;

  /**
   * Open a window; the focus is back where it was when it closes.
   * @param {string} name
   * @param {any} [about]  what its view is to show
   */
  async open(name, about) {
    const made = await this.fetch(name).catch(() => null);
    if (!made) return this.#screen.notice("This part of the page could not be loaded. Try again.");
    const { dialog, view } = made;
    if (dialog.open) return;
    view.show?.(about);
    this.#open.add(view);
    dialog.showModal();
    view.draw?.();
  }

  /** Open a window, or close it when it is open. @param {string} name */
  async toggle(name) {
    const made = await this.#made.get(name)?.catch(() => null);
    if (made?.dialog.open) made.dialog.close();
    else await this.open(name);
  }

  /** Something has changed that open windows may show. */
  draw() {
    for (const view of this.#open) view.draw?.();
  }

  /** Have a window ready. @param {string} name @returns {Promise<Made>} */
  fetch(name) {
    let made = this.#made.get(name);
    if (!made) {
      made = this.#make(name);
      this.#made.set(name, made);
      made.catch(() => this.#made.delete(name)); // the next attempt asks again
    }
    return made;
  }

  /** @param {string} name @returns {Promise<Made>} */
  async #make(name) {
    const known = WINDOWS[name];
    if (!known) throw new Error(`There is no window ${name}.`);
    const sheets = ["windows", ...known.sheets].map(styled);
    const [{ default: Content }, html] = await Promise.all([known.module(), text(addressOf(`html/${name}.html`)), ...sheets]);
    const dialog = new DOMParser().parseFromString(html, "text/html").querySelector("dialog");
    if (!dialog) throw new Error(`No dialog in ${name}.html.`);
    document.body.append(dialog);
    const view = new Content(dialog, this.#screen);
    dialog.addEventListener("close", () => {
      this.#open.delete(view);
      if (document.activeElement === document.body) document.getElementById("entry")?.focus(); // what opened it is gone
    });
    closable(dialog);
    return { dialog, view };
  }
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

/** @param {string} address */
async function text(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.text();
}
