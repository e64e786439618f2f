/** @import {People} from "./people.js" */

import { arrange } from "./arrange.js";
import { showPerson } from "./avatar.js";

const SHOWN = 200;

/** The people online, at the side. */
export class PeopleList {
  /**
   * @param {HTMLElement} aside
   * @param {HTMLElement} button  opens the list on a narrow screen; shows how many there are
   * @param {number} me
   */
  constructor(aside, button, me) {
    this.#list = /** @type {HTMLElement} */ (aside.querySelector("ul"));
    this.#counts = [aside, button].map((part) => /** @type {HTMLElement} */ (part.querySelector("[data-total]")));
    this.#rest = /** @type {HTMLElement} */ (aside.querySelector("[data-rest]"));
    this.#me = me;
  }
  #list;
  #counts;
  #rest;
  #me;
  #drawn = "";

  /** @param {People} people */
  show(people) {
    const online = people.online();
    const shown = online.slice(0, SHOWN);
    const drawn = JSON.stringify([shown, people.total]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    for (const count of this.#counts) count.textContent = String(people.total);
    arrange(this.#list, shown.map((person) => this.#person(person)));
    const rest = people.total - shown.length;
    this.#rest.hidden = rest <= 0;
    this.#rest.textContent = `and ${rest} more`;
  }

  /** @param {{id: number, name: string, mood: string}} person */
  #person({ id, name, mood }) {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("person"));
    const known = this.#list.querySelector(`[data-about="${id}"]`)?.parentElement;
    const item = known ?? /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    showPerson(item, id, name);
    /** @type {HTMLElement} */ (item.querySelector(".mood")).textContent = mood;
    /** @type {HTMLElement} */ (item.querySelector("button")).dataset["about"] = String(id);
    /** @type {HTMLElement} */ (item.querySelector(".you")).hidden = id !== this.#me;
    return item;
  }
}
