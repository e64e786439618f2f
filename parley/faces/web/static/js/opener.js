/** @import {Screen} from "./screen.js" */
/** @import {Windows} from "./windows.js" */

/** Opens windows, which are fetched when somebody first wants one. Any element with `data-window="NAME"` asks for one. */
export class Opener {
  /** @type {Windows|null} */
  #windows = null;

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
    document.addEventListener("click", ({ target, detail }) => {
      const button = target instanceof Element ? target.closest("[data-window]") : null;
      if (!(button instanceof HTMLElement)) return;
      if (detail && this.#windows?.hasClosed(button)) return; // without a pointer, nothing was pressed before
      void this.open(button.dataset["window"] ?? "", button.dataset["about"], button);
    });
    addEventListener("popstate", () => this.close()); // who goes back leaves what stands above the page as well
  }
  #screen;

  /**
   * Open a window, and say so when it cannot be fetched.
   * @param {string} name
   * @param {any} [about]  what it is to show; of an element, `data-about`
   * @param {HTMLElement|null} [beside]  what asks for it
   */
  async open(name, about, beside) {
    await this.#fetch().then((windows) => windows.open(name, about, beside)).catch(() => this.#missing());
  }

  /**
   * Open a window, or close it when it is open.
   * @param {string} name
   * @param {boolean} [typing]  one types into it: what is typed while it is on its way is meant for the field in it
   */
  async toggle(name, typing = false) {
    const toggling = this.#fetch().then((windows) => windows.toggle(name)).catch(() => this.#missing());
    if (typing) await hold(toggling, () => this.close());
    await toggling;
  }

  /** Have a window ready, if that is possible. @param {string} name */
  async prepare(name) {
    await this.#fetch().then((windows) => windows.fetch(name)).catch(() => undefined);
  }

  /** Close all, and what else stands above the page. */
  close() {
    this.#windows?.close();
    for (const open of document.querySelectorAll(":popover-open")) /** @type {HTMLElement} */ (open).hidePopover();
  }

  /** Something has changed that open windows may show. */
  draw() {
    this.#windows?.draw();
  }

  async #fetch() {
    const { Windows } = await import("./windows.js");
    return (this.#windows ??= new Windows(this.#screen));
  }

  #missing() {
    this.#screen.notice("This part of the page could not be loaded. Try again.");
  }
}

/** Keys that are pressed meanwhile go into the field; after Esc, the window is not wanted any more. @param {Promise<void>} opening @param {() => void} close */
async function hold(opening, close) {
  /** @type {string[]} */
  const keys = [];
  let wanted = true;
  const release = () => removeEventListener("keydown", keep, true);
  const keep = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key !== "Escape") return void keys.push(event.key);
    wanted = false;
    release();
  };
  addEventListener("keydown", keep, true);
  await opening;
  release();
  if (!wanted) return close();
  const field = document.activeElement;
  if (!keys.length || !(field instanceof HTMLInputElement)) return;
  field.value += keys.filter((key) => key.length === 1).join("");
  field.dispatchEvent(new Event("input"));
  for (const key of keys) if (key.length > 1) field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}
