/** @import {Screen} from "../screen.js" */
/** @import {PublicRoom} from "./public-rooms.js" */

import { fitting, publicRooms } from "./public-rooms.js";
import { reason } from "./form.js";
import { request } from "../api.js";

const PAGE = 30;

/** The public rooms that one may join. */
export default class Browse {
  /** @type {PublicRoom[]} */
  #rooms = [];
  #shown = PAGE;

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
    this.#list = /** @type {HTMLElement} */ (dialog.querySelector("ul"));
    this.#said = /** @type {HTMLElement} */ (dialog.querySelector("[role=status]"));
    this.#more = /** @type {HTMLButtonElement} */ (dialog.querySelector("[data-part=more]"));
    this.#template = /** @type {HTMLTemplateElement} */ (dialog.querySelector("template"));
    this.#field.addEventListener("input", () => {
      this.#shown = PAGE;
      this.#look();
    });
    this.#more.addEventListener("click", () => this.#further());
    dialog.querySelector("[data-part=create]")?.addEventListener("click", () => {
      dialog.close();
      void screen.windows.open("new-room");
    });
  }
  #dialog;
  #screen;
  #field;
  #list;
  #said;
  #more;
  #template;

  /** It opens. */
  show() {
    this.#field.value = "";
    this.#shown = PAGE;
    void this.#load();
  }

  async #load() {
    this.#said.textContent = this.#rooms.length ? "" : "Looking…";
    try {
      this.#rooms = await publicRooms(true);
      this.#look();
    } catch (error) {
      this.#said.textContent = reason(error);
    }
  }

  #look() {
    const mine = this.#screen.chat.conversation.rooms;
    const found = fitting(this.#rooms.filter(({ id }) => !mine.has(id)), this.#field.value);
    const none = this.#field.value.trim() ? "No room is called so, or you are in it already." : "You are in every public room there is.";
    this.#said.textContent = found.length ? "" : none;
    this.#list.replaceChildren(...found.slice(0, this.#shown).map((room) => this.#line(room)));
    this.#more.hidden = found.length <= this.#shown;
  }

  #further() {
    const at = this.#shown;
    this.#shown += PAGE;
    this.#look();
    this.#list.children[at]?.querySelector("button")?.focus();
  }

  /** @param {PublicRoom} room */
  #line({ id, name, topic, members }) {
    const line = /** @type {HTMLElement} */ (this.#template.content.firstElementChild?.cloneNode(true));
    const [title, about] = /** @type {NodeListOf<HTMLElement>} */ (line.querySelectorAll("p"));
    if (title) title.textContent = name;
    const many = `${members} ${members === 1 ? "member" : "members"}`;
    if (about) about.textContent = topic ? `${many} · ${topic}` : many;
    const join = /** @type {HTMLButtonElement} */ (line.querySelector("button"));
    join.ariaLabel = `Join ${name}`;
    join.addEventListener("click", () => void this.#join(id, join));
    return line;
  }

  /** @param {number} room @param {HTMLButtonElement} button */
  async #join(room, button) {
    button.disabled = true;
    try {
      await request("PUT", `/api/rooms/${room}/members/${this.#screen.chat.me.id}`);
      this.#dialog.close();
      this.#screen.whereabouts.enter(room);
    } catch (error) {
      button.disabled = false;
      this.#said.textContent = reason(error);
    }
  }
}
