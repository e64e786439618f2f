/** @import {Screen} from "../screen.js" */

import { formOf } from "./fields.js";
import { reason } from "./form.js";
import { request } from "../api.js";

/** @typedef {{theme: string, typing: boolean}} Preferences */

/** What somebody likes; each choice counts at once. */
export default class PreferencesSection {
  /** @param {HTMLElement} place @param {Screen} screen */
  constructor(place, screen) {
    this.#form = formOf(place);
    this.#path = `/api/users/${screen.chat.me.id}/preferences`;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", ({ target }) => this.#save(/** @type {HTMLInputElement} */ (target)));
  }
  #form;
  #path;
  #asked = 0;
  /** @type {Promise<void>} */
  #last = Promise.resolve();

  /** It comes into view. */
  show() {
    this.#ask(() => request("GET", this.#path));
  }

  /** Only what was chosen: of the rest it may not be known yet what it is. @param {HTMLInputElement} choice */
  #save({ name, type, value, checked }) {
    const change = { [name]: type === "checkbox" ? checked : value };
    this.#ask(() => request("PATCH", this.#path, change), "Saved.");
  }

  /** One after the other; only the last answer is shown, for it knows of all. @param {() => Promise<Preferences>} ask @param {string} [done] */
  #ask(ask, done = "") {
    const asked = (this.#asked += 1);
    const alert = /** @type {HTMLElement} */ (this.#form.querySelector("[role=alert]"));
    const status = /** @type {HTMLElement} */ (this.#form.querySelector("[role=status]"));
    status.textContent = "";
    alert.hidden = true;
    this.#last = this.#last.then(async () => {
      try {
        const preferences = await ask();
        if (asked !== this.#asked) return;
        this.#show(preferences);
        status.textContent = done;
      } catch (error) {
        alert.textContent = reason(error);
        alert.hidden = false;
      }
    });
  }

  /** @param {Preferences} preferences */
  #show({ theme, typing }) {
    /** @type {RadioNodeList} */ (this.#form.elements.namedItem("theme")).value = theme;
    /** @type {HTMLInputElement} */ (this.#form.elements.namedItem("typing")).checked = typing;
    wear(theme);
  }
}

/** Let the page look so, as the server will say when it is loaded again. @param {string} theme */
function wear(theme) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
}
