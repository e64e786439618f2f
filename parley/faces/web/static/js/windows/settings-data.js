/** @import {Screen} from "../screen.js" */

import { Fields, formOf } from "./fields.js";
import { download } from "./download.js";
import { farewell } from "./farewell.js";
import { reason } from "./form.js";
import { request } from "../api.js";
import { sizeOf } from "../size.js";
import { sure } from "./sure.js";

const BLAME = { wrong_password: "password", invalid: "password" };

/** Taking one's data along, and going for good. */
export default class DataSection {
  /** @param {HTMLElement} place @param {Screen} screen */
  constructor(place, screen) {
    this.#place = place;
    this.#screen = screen;
    this.#fields = new Fields(formOf(place), BLAME);
    this.#export = /** @type {HTMLButtonElement} */ (place.querySelector("[data-do=export]"));
    this.#export.addEventListener("click", () => void this.#take());
    this.#fields.form.addEventListener("submit", (event) => event.preventDefault());
    this.#calm = sure(this.#fields.form, () => void this.#leave(), () => this.#ready());
  }
  #place;
  #screen;
  #fields;
  #export;
  #calm;

  /** It comes into view. */
  show() {
    this.#fields.fill({ password: "" });
    this.#fields.say("", "");
    this.#calm();
    this.#told("", "");
  }

  async #take() {
    this.#export.disabled = true;
    this.#told("Collecting…", "");
    try {
      const size = await download(`/api/users/${this.#screen.chat.me.id}/export`, "parley.zip", (bytes) =>
        this.#told(`${sizeOf(bytes)} so far…`, ""),
      );
      this.#told(`Done: ${sizeOf(size)}.`, "");
    } catch (error) {
      this.#told("", reason(error));
    } finally {
      this.#export.disabled = false;
    }
  }

  /** @param {string} state @param {string} problem */
  #told(state, problem) {
    const status = /** @type {HTMLElement} */ (this.#place.querySelector("[role=status]"));
    const alert = /** @type {HTMLElement} */ (this.#place.querySelector("[data-part=export-problem]"));
    status.textContent = state;
    alert.textContent = problem;
    alert.hidden = !problem;
  }

  #ready() {
    const given = this.#fields.value("password") !== "";
    this.#fields.say(given ? "" : "Give your present password.", given ? "" : "password");
    return given;
  }

  async #leave() {
    const { chat } = this.#screen;
    const messages = this.#fields.value("messages");
    chat.departing = true; // the server ends the session before it answers
    const gone = await this.#fields.send(async () => {
      const password = this.#fields.value("password");
      const removal = await request("POST", `/api/users/${chat.me.id}/removal`, { password, messages });
      await this.#screen.leave();
      this.#screen.windows.close();
      farewell(removal);
    });
    if (!gone) chat.departing = false;
  }
}
