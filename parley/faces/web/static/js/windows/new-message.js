/** @import {Screen} from "../screen.js" */
/** @import {Person} from "./people-search.js" */

import { PeopleField } from "./people-field.js";
import { conversationWith } from "./direct.js";
import { say, submit } from "./form.js";

const MOST = 7;

/** Choose one to seven people, and write to them. */
export default class NewMessage {
  /** @type {Person[]} */
  #chosen = [];

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    this.#list = /** @type {HTMLElement} */ (dialog.querySelector(".chosen"));
    this.#template = /** @type {HTMLTemplateElement} */ (dialog.querySelector("template"));
    this.#people = new PeopleField(/** @type {HTMLElement} */ (dialog.querySelector(".finder")), screen.chat, {
      wanted: (id) => id !== screen.chat.me.id && !this.#chosen.some((person) => person.id === id),
      chosen: (person) => this.#choose(person),
    });
    this.#people.field.addEventListener("keydown", ({ key }) => {
      if (key === "Backspace" && !this.#people.field.value) this.#keep(this.#chosen.slice(0, -1));
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
  }
  #dialog;
  #screen;
  #form;
  #list;
  #template;
  #people;

  /** It opens. */
  show() {
    this.#people.clear();
    this.#keep([]);
    say(this.#form, "", "");
  }

  /** It is open. */
  begin() {
    this.#people.look();
  }

  /** @param {Person} person */
  #choose(person) {
    if (this.#chosen.length >= MOST) return say(this.#form, "At most seven people; make a room for more.", "");
    this.#people.clear();
    this.#keep([...this.#chosen, person]);
  }

  /** @param {Person[]} people */
  #keep(people) {
    this.#chosen = people;
    say(this.#form, "", "");
    this.#list.replaceChildren(
      ...people.map(({ id, name }) => {
        const chip = /** @type {HTMLElement} */ (this.#template.content.firstElementChild?.cloneNode(true));
        /** @type {HTMLElement} */ (chip.querySelector(".author")).textContent = name;
        const button = /** @type {HTMLButtonElement} */ (chip.querySelector("button"));
        button.ariaLabel = `Without ${name}`;
        button.addEventListener("click", () => {
          this.#keep(this.#chosen.filter((person) => person.id !== id));
          this.#people.field.focus();
        });
        return chip;
      }),
    );
  }

  async #start() {
    if (!this.#chosen.length) {
      say(this.#form, "Choose somebody to write to.", "");
      return this.#people.field.focus();
    }
    await submit(this.#form, async () => {
      const room = await conversationWith(this.#screen, this.#chosen.map(({ id }) => id));
      this.#dialog.close();
      this.#screen.whereabouts.enter(room);
    });
  }
}
