/** @import {Screen} from "../screen.js" */

import { formOf } from "./fields.js";
import { reason } from "./form.js";
import { request } from "../api.js";

/** What somebody likes; each choice counts at once. */
export default class PreferencesSection {
  /** @param {HTMLElement} place @param {Screen} screen */
  constructor(place, screen) {
    this.#form = formOf(place);
    this.#path = `/api/users/${screen.chat.me.id}/preferences`;
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("change", () => void this.#save());
  }
  #form;
  #path;

  /** It comes into view. */
  show() {
    void this.#ask(() => request("GET", this.#path));
  }

  async #save() {
    const theme = new FormData(this.#form).get("theme");
    await this.#ask(() => request("PATCH", this.#path, { theme, typing: this.#typing.checked }), "Saved.");
  }

  /** @param {() => Promise<{theme: string, typing: boolean}>} ask @param {string} [done] */
  async #ask(ask, done = "") {
    const alert = /** @type {HTMLElement} */ (this.#form.querySelector("[role=alert]"));
    const status = /** @type {HTMLElement} */ (this.#form.querySelector("[role=status]"));
    status.textContent = "";
    alert.hidden = true;
    try {
      const { theme, typing } = await ask();
      /** @type {RadioNodeList} */ (this.#form.elements.namedItem("theme")).value = theme;
      this.#typing.checked = typing;
      wear(theme);
      status.textContent = done;
    } catch (error) {
      alert.textContent = reason(error);
      alert.hidden = false;
    }
  }

  get #typing() {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem("typing"));
  }
}

/** Let the page look so, as the server will say when it is loaded again. @param {string} theme */
function wear(theme) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset["theme"];
  else dataset["theme"] = theme;
}
