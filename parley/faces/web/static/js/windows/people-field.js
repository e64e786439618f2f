/** @import {Chat} from "../chat.js" */
/** @import {Person} from "./people-search.js" */

import { Options } from "./options.js";
import { PeopleSearch } from "./people-search.js";
import { personOption } from "./option.js";

/** A field in which one types a part of a name, and a list below it from which one chooses the person. */
export class PeopleField {
  /** @type {Person[]} */
  #found = [];

  /**
   * @param {HTMLElement} place  holds an input, a listbox and a status
   * @param {Chat} chat
   * @param {{wanted: (id: number) => boolean, chosen: (person: Person) => void}} asks
   */
  constructor(place, chat, { wanted, chosen }) {
    this.#chat = chat;
    this.#wanted = wanted;
    this.#search = new PeopleSearch(chat);
    this.field = /** @type {HTMLInputElement} */ (place.querySelector("input"));
    this.#status = /** @type {HTMLElement} */ (place.querySelector("[role=status]"));
    this.#options = new Options(this.field, /** @type {HTMLElement} */ (place.querySelector("[role=listbox]")), (at) => {
      const person = this.#found[at];
      if (person) chosen(person);
    });
    this.field.addEventListener("input", () => this.look());
    this.field.addEventListener("focus", () => this.look());
    this.field.addEventListener("blur", () => this.#options.show([]));
  }
  #chat;
  #wanted;
  #search;
  #status;
  #options;

  /** Empty it. */
  clear() {
    this.field.value = "";
    this.#status.textContent = "";
    this.#options.show([]);
  }

  /** Show who fits. */
  look() {
    const { value } = this.field;
    this.#search.find(value, this.#wanted, (found, done) => {
      this.#found = found;
      const focused = document.activeElement === this.field;
      this.#options.show(focused ? found.map((person) => personOption(person, this.#chat)) : []);
      this.#status.textContent = done && value.trim() && !found.length ? "Nobody else is called so." : "";
    });
  }
}
