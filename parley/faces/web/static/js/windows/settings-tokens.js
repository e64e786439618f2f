/** @import {Screen} from "../screen.js" */

import { Fields, formOf } from "./fields.js";
import { ago, dateOf } from "./ago.js";
import { copy } from "../clipboard.js";
import { reason } from "./form.js";
import { request } from "../api.js";
import { sure } from "./sure.js";

/** @typedef {{id: number, label: string, created_at: string, used_at: string, expires_at: string}} Token */

/** The tokens of somebody's programs. */
export default class TokensSection {
  /** @param {HTMLElement} place @param {Screen} _screen */
  constructor(place, _screen) {
    this.#place = place;
    this.#fields = new Fields(formOf(place), { too_long: "label", invalid_text: "label", "": "label" });
    this.#secret = /** @type {HTMLElement} */ (place.querySelector(".secret"));
    this.#token = /** @type {HTMLInputElement} */ (this.#secret.querySelector("input"));
    this.#fields.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#create();
    });
    this.#secret.querySelector("[data-do=copy]")?.addEventListener("click", () => void this.#copy());
  }
  #place;
  #fields;
  #secret;
  #token;

  /** It comes into view. */
  show() {
    this.#secret.hidden = true;
    this.#token.value = "";
    this.#fields.say("", "");
    void this.#load();
  }

  async #load() {
    const list = /** @type {HTMLElement} */ (this.#place.querySelector(".lines"));
    try {
      /** @type {{tokens: Token[]}} */
      const { tokens } = await request("GET", "/api/tokens");
      list.replaceChildren(...tokens.map((token) => this.#line(token)));
      this.#say("");
    } catch (error) {
      this.#say(reason(error));
    }
  }

  /** @param {Token} token */
  #line({ id, label, created_at: created, used_at: used, expires_at: expires }) {
    const template = /** @type {HTMLTemplateElement} */ (this.#place.querySelector("template"));
    const line = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const [title, about] = /** @type {NodeListOf<HTMLElement>} */ (line.querySelectorAll("p"));
    const name = label || "Token without a label";
    if (title) title.textContent = name;
    if (about) about.textContent = `last used ${ago(used)}, created ${ago(created)}, good until ${dateOf(expires)}`;
    for (const button of line.querySelectorAll("[data-sure=ask], [data-sure=yes]")) button.ariaLabel = `Revoke ${name}`;
    sure(line, () => void this.#revoke(id));
    return line;
  }

  async #create() {
    await this.#fields.send(async () => {
      const { token } = await request("POST", "/api/tokens", { label: this.#fields.value("label") });
      this.#fields.fill({ label: "" });
      this.#token.value = token;
      this.#secret.hidden = false;
      this.#told("");
      await this.#load();
      this.#token.select();
    });
  }

  async #copy() {
    const copied = await copy(this.#token.value);
    this.#token.select();
    this.#told(copied ? "Copied." : "Your browser did not allow it: copy the selected text yourself.");
  }

  /** @param {number} id */
  async #revoke(id) {
    try {
      await request("DELETE", `/api/tokens/${id}`);
      await this.#load();
    } catch (error) {
      this.#say(reason(error));
    }
  }

  /** @param {string} sentence */
  #told(sentence) {
    const status = this.#secret.querySelector("[role=status]");
    if (status) status.textContent = sentence;
  }

  /** @param {string} sentence */
  #say(sentence) {
    const alert = /** @type {HTMLElement} */ (this.#place.querySelector("[data-part=problem]"));
    alert.textContent = sentence;
    alert.hidden = !sentence;
  }
}
