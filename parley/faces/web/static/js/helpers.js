/** @import {Helper} from "./composer.js" */
/** @import {Screen} from "./screen.js" */

/** What helps with mentions, for each field of its own; asked for again when it could not be fetched. */
export class Helpers {
  /** @type {Map<HTMLFormElement, Promise<Helper>>} */
  #made = new Map();

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
  }
  #screen;

  /** @param {HTMLFormElement} form  that the field is in @returns {Promise<Helper>} */
  of(form) {
    const helper = this.#made.get(form) ?? import("./windows/helper.js").then(({ helper }) => helper(form, this.#screen));
    this.#made.set(form, helper);
    helper.catch(() => this.#made.delete(form));
    return helper;
  }
}
