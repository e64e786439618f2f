/** @import {Screen} from "../screen.js" */

import { Problem } from "../api.js";
import { pictureOf, showPerson } from "../avatar.js";
import { reason } from "./form.js";

/** One's picture: choose another, or none. */
export class PictureChoice {
  /** @param {HTMLElement} place @param {Screen} screen */
  constructor(place, screen) {
    this.#place = place;
    this.#screen = screen;
    this.#file = /** @type {HTMLInputElement} */ (place.querySelector("input[type=file]"));
    this.#alert = /** @type {HTMLElement} */ (place.querySelector("[data-part=picture-problem]"));
    this.#button("choose").addEventListener("click", () => this.#file.click());
    this.#button("remove").addEventListener("click", () => void this.#send("DELETE", null));
    this.#file.addEventListener("change", () => {
      const [file] = this.#file.files ?? [];
      this.#file.value = "";
      if (file) void this.#send("PUT", file);
    });
  }
  #place;
  #screen;
  #file;
  #alert;

  draw() {
    const { me, nameOf } = this.#screen.chat;
    showPerson(this.#place, me.id, nameOf(me.id) || me.name);
    this.#button("remove").hidden = !pictureOf(me.id);
  }

  /** @param {string} method @param {File|null} file */
  async #send(method, file) {
    const { me, people } = this.#screen.chat;
    const buttons = ["choose", "remove"].map((name) => this.#button(name));
    this.#alert.hidden = true;
    for (const button of buttons) button.disabled = true;
    try {
      const headers = { "Content-Type": "application/octet-stream" };
      const answer = await fetch(`/api/users/${me.id}/picture`, { method, body: file, headers: file ? headers : {} });
      const found = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Problem(answer.status, found);
      people.introduce(found);
    } catch (error) {
      this.#alert.textContent = reason(error);
      this.#alert.hidden = false;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  /** @param {string} name @returns {HTMLButtonElement} */
  #button(name) {
    return /** @type {HTMLButtonElement} */ (this.#place.querySelector(`[data-do=${name}]`));
  }
}
