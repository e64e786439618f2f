/** @import {Screen} from "../screen.js" */

import { callsEverybody } from "./mentioning.js";
import { request } from "../api.js";

const MANY = 10; // who calls more people than that is asked first
const FRESH = 60_000; // milliseconds for which a number of people is good
const PATIENCE = 2_000;

/** Asks, above the field, whether a whole room shall really be called. */
export class Caution {
  /** How many are in a room, and when that was. @type {Map<number, {many: number, at: number}>} */
  #sizes = new Map();
  /** @type {((yes: boolean) => void)|null} */
  #answer = null;

  /** @param {HTMLFormElement} form @param {Screen} screen */
  constructor(form, screen) {
    this.#screen = screen;
    this.#field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    this.#box = Object.assign(document.createElement("div"), { className: "caution", hidden: true });
    this.#box.setAttribute("role", "alertdialog");
    this.#box.setAttribute("aria-labelledby", `${form.id}-caution`);
    this.#words = Object.assign(document.createElement("p"), { id: `${form.id}-caution` });
    this.#send = button("Send", "button");
    const buttons = document.createElement("div");
    buttons.append(this.#send, button("Back", "button second"));
    this.#box.append(this.#words, buttons);
    form.prepend(this.#box);
    this.#box.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement) this.#end(target === this.#send);
    });
    this.#box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#end(false);
      if (event.key === "Escape" || event.repeat) event.preventDefault(); // a key that is held down sends nothing
    });
    this.#field.addEventListener("input", () => this.#end(false));
  }
  #box;
  #field;
  #screen;
  #send;
  #words;

  /**
   * Whether this may be sent: at once when it calls few, else as the writer answers.
   * @param {string} source
   * @param {string} before  what stood there, of a message that is changed
   * @returns {Promise<boolean>}
   */
  async passes(source, before) {
    if (!callsEverybody(source) || callsEverybody(before)) return true;
    const { room, chat } = this.#screen;
    const others = (await this.#size()) - 1;
    if (others <= MANY || room !== this.#screen.room) return true;
    this.#end(false);
    const many = others === Infinity ? "everybody" : `${others} people`;
    this.#words.textContent = `This notifies ${many} in ${chat.titleOf(room)}.`;
    this.#box.hidden = false;
    this.#send.focus();
    return new Promise((resolve) => (this.#answer = resolve));
  }

  /** How many are in the room that is shown; Infinity when nobody says so in time. */
  async #size() {
    const { id, people } = this.#screen.room;
    if (people.length) return people.length;
    const known = this.#sizes.get(id);
    if (known && Date.now() - known.at < FRESH) return known.many;
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
    const answer = await Promise.race([request("GET", `/api/rooms/${id}`).catch(() => null), late]);
    if (!answer) return Infinity;
    this.#sizes.set(id, { many: answer.members, at: Date.now() });
    return answer.members;
  }

  /** @param {boolean} yes */
  #end(yes) {
    const answer = this.#answer;
    this.#answer = null;
    if (!answer) return;
    this.#box.hidden = true;
    this.#field.focus();
    answer(yes);
  }
}

/** @param {string} label @param {string} className */
function button(label, className) {
  return Object.assign(document.createElement("button"), { type: "button", className, textContent: label });
}
