/** @import {Screen} from "../screen.js" */

import { Fields, formOf } from "./fields.js";
import { ago } from "./ago.js";
import { reason } from "./form.js";
import { request } from "../api.js";
import { sure } from "./sure.js";

const BLAME = {
  wrong_password: "current_password",
  incomplete: "current_password",
  password_too_short: "password",
  password_too_long: "password",
  invalid_text: "password",
};

/** @typedef {{id: number, device: string, created_at: string, used_at: string, current: boolean}} Device */

/** Where somebody is signed in, and the password with which they are. */
export default class DevicesSection {
  /** @param {HTMLElement} place @param {Screen} screen */
  constructor(place, screen) {
    this.#place = place;
    this.#screen = screen;
    this.#list = /** @type {HTMLElement} */ (place.querySelector(".lines"));
    this.#others = /** @type {HTMLElement} */ (place.querySelector("[data-part=others]"));
    this.#fields = new Fields(formOf(place), BLAME);
    this.#fields.fill({ username: screen.chat.me.name });
    this.#fields.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#change();
    });
    sure(this.#others, () => void this.#end("/api/sessions"));
  }
  #place;
  #screen;
  #list;
  #others;
  #fields;

  /** It comes into view. */
  show() {
    this.#fields.fill({ current_password: "", password: "" });
    this.#fields.say("", "");
    this.#fields.done("");
    void this.#load();
  }

  async #load() {
    try {
      /** @type {{sessions: Device[]}} */
      const { sessions } = await request("GET", "/api/sessions");
      this.#list.replaceChildren(...sessions.map((device) => this.#line(device)));
      this.#others.hidden = sessions.every(({ current }) => current);
      this.#say("");
    } catch (error) {
      this.#say(reason(error));
    }
  }

  /** @param {Device} device */
  #line({ id, device, created_at: created, used_at: used, current }) {
    const template = /** @type {HTMLTemplateElement} */ (this.#place.querySelector("template"));
    const line = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    const [title, about] = /** @type {NodeListOf<HTMLElement>} */ (line.querySelectorAll("p"));
    const name = device || "Unknown browser";
    if (title) title.textContent = current ? `${name} – this device` : name;
    if (about) about.textContent = `${current ? "in use" : `last used ${ago(used)}`}, signed in ${ago(created)}`;
    const end = /** @type {HTMLElement} */ (line.querySelector(".sure"));
    end.hidden = current;
    for (const button of end.querySelectorAll("[data-sure=ask], [data-sure=yes]")) button.ariaLabel = `Sign out ${name}`;
    sure(end, () => void this.#end(`/api/sessions/${id}`));
    return line;
  }

  /** @param {string} path */
  async #end(path) {
    try {
      await request("DELETE", path);
      await this.#load();
      this.#list.closest("section")?.focus();
    } catch (error) {
      this.#say(reason(error));
    }
  }

  async #change() {
    const [current_password, password] = ["current_password", "password"].map((name) => this.#fields.value(name));
    if (!current_password) return this.#fields.say("Give your present password too.", "current_password");
    const { me } = this.#screen.chat;
    if (await this.#fields.send(() => request("PUT", `/api/users/${me.id}`, { current_password, password }))) {
      this.show();
      this.#fields.done("Changed.");
    }
  }

  /** @param {string} sentence */
  #say(sentence) {
    const alert = /** @type {HTMLElement} */ (this.#place.querySelector("[data-part=problem]"));
    alert.textContent = sentence;
    alert.hidden = !sentence;
  }
}
