/** @import {Screen} from "../screen.js" */

import { Problem, request } from "../api.js";
import { say, submit } from "./form.js";

/** The form that makes a room. What stands in it stays until there is one. */
export default class NewRoom {
  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#create();
    });
  }
  #dialog;
  #screen;
  #form;

  /** It opens, with what was typed before. */
  show() {
    say(this.#form, "", "");
  }

  async #create() {
    const { name, kind, topic, history } = Object.fromEntries(new FormData(this.#form));
    if (!String(name).trim()) return say(this.#form, "A room needs a name.", "name");
    await submit(
      this.#form,
      async () => {
        const room = await request("POST", "/api/rooms", { name, kind, topic, history });
        this.#dialog.close();
        this.#form.reset();
        this.#screen.whereabouts.enter(room.id);
      },
      (error) => (error instanceof Problem && ["taken", "unfit_room_name"].includes(error.code) ? "name" : ""),
    );
  }
}
