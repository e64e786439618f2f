/** @import {Composer} from "./composer.js" */
/** @import {Screen} from "./screen.js" */
/** @import {Tray} from "./tray.js" */
/** @import {File as Stored} from "./wire.js" */

import { styled } from "./sheet.js";

/**
 * @typedef {object} Page
 * @property {() => boolean} closed  nobody writes here now
 * @property {(sentence: string) => void} notice
 * @property {() => void} focus  to where one writes
 * @property {() => void} changed  there are more files or fewer, or they are all here
 */

/** From now on files may go with what is written. @param {Screen} screen @param {Composer} composer */
export function attach(screen, composer) {
  const { field } = composer;
  composer.files = new Attach(/** @type {HTMLElement} */ (field.form), {
    closed: () => field.disabled,
    notice: (sentence) => screen.notice(sentence),
    focus: () => composer.focus(),
    changed: () => void field.dispatchEvent(new Event("input")),
  });
  composer.files.open(composer.room);
}

/** Takes files from wherever they come: chosen, dropped on the page, pasted. What becomes of them is fetched with the first. */
export class Attach {
  /** @type {Tray|null} */
  #tray = null;
  /** @type {Promise<Tray>|null} */
  #fetching = null;
  /** @type {number|string} */
  #room = 0;

  /** @param {HTMLElement} form @param {Page} page */
  constructor(form, page) {
    this.#area = /** @type {HTMLElement} */ (form.closest("main, aside"));
    this.#form = form;
    this.#page = page;
    const input = /** @type {HTMLInputElement} */ (form.querySelector("input[type=file]"));
    const button = /** @type {HTMLButtonElement} */ (form.querySelector(".attach"));
    button.addEventListener("click", () => input.click());
    void styled("tray").then(() => (button.disabled = false), () => (button.disabled = false));
    input.addEventListener("change", () => {
      void this.#add([...(input.files ?? [])]);
      input.value = "";
    });
    document.addEventListener("paste", (event) => this.#pasted(event));
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
      addEventListener(name, (event) => this.#dragged(/** @type {DragEvent} */ (event)));
    }
  }
  #area;
  #form;
  #page;

  /** How many files go with the next message. */
  get count() {
    return this.#tray?.count ?? 0;
  }

  /** Whether some of them are still on their way. */
  get busy() {
    return this.#tray?.busy ?? false;
  }

  /** @param {() => void} send  called once all are here; not when one fails */
  wait(send) {
    this.#tray?.wait(send);
  }

  /** Those that are here, for a message; there are none from now on. @returns {Stored[]} */
  take() {
    return this.#tray?.take() ?? [];
  }

  /** Each room and thread has its own. @param {number|string} room */
  open(room) {
    this.#room = room;
    this.#tray?.open(room);
  }

  /** Whether it happens where this field is; the room's takes whatever happens elsewhere, too. @param {Event} event */
  #means({ target }) {
    const panel = target instanceof Element ? target.closest("aside.thread") : null;
    return panel === (this.#area.matches("aside") ? this.#area : null);
  }

  /** A text goes before the picture of it that office programs copy as well. @param {ClipboardEvent} event */
  #pasted(event) {
    const data = event.clipboardData;
    if (!data?.files.length || !this.#means(event) || data.types.includes("text/plain") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    void this.#add([...data.files]);
  }

  /** @param {DragEvent} event */
  #dragged(event) {
    const { type, dataTransfer, relatedTarget } = event;
    if (!dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // or the browser would leave the page for the file
    const mine = this.#means(event);
    const over = mine && type !== "drop" && !(type === "dragleave" && !relatedTarget) && !this.#page.closed();
    this.#area.classList.toggle("dropping", over);
    if (type === "drop" && mine) void this.#add([...dataTransfer.files]);
  }

  /** @param {File[]} files */
  async #add(files) {
    if (!files.length || this.#page.closed()) return;
    const room = this.#room;
    this.#page.focus();
    this.#fetching ??= this.#fetch().catch((error) => {
      this.#fetching = null;
      throw error;
    });
    await this.#fetching.then(
      (tray) => tray.add(room, files),
      () => this.#page.notice("This part of the page could not be loaded. Try again."),
    );
  }

  async #fetch() {
    const [{ Tray }] = await Promise.all([import("./tray.js"), styled("tray")]);
    this.#tray = new Tray(/** @type {HTMLElement} */ (this.#form.querySelector(".tray")), this.#page);
    this.#tray.open(this.#room);
    return this.#tray;
  }
}
