/** @import {Prompter} from "./composer.js" */
/** @import {Screen} from "./screen.js" */

/** What helps with mentions and emoji, for each field of its own; asked for again when it could not be fetched. */
export class Prompters {
  /** @type {Map<HTMLFormElement, Promise<Prompter>>} */
  #made = new Map();

  /** @param {Screen} screen */
  constructor(screen) {
    this.#screen = screen;
  }
  #screen;

  /** @param {HTMLFormElement} form  that the field is in @returns {Promise<Prompter>} */
  of(form) {
    const prompter = this.#made.get(form) ?? import("./windows/prompter.js").then(({ prompter }) => prompter(form, this.#screen));
    this.#made.set(form, prompter);
    prompter.catch(() => this.#made.delete(form));
    return prompter;
  }
}
