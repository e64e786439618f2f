/** @import {Screen} from "../screen.js" */
/** @import {Found} from "./whom.js" */

import { Whom } from "./whom.js";
import { begun, spelled } from "./mentioning.js";
import { option, personOption } from "./option.js";

/**
 * The list above the field of those whom an @ may mean: arrows move, Enter, Tab and a click choose, Esc closes it. The field
 * keeps the focus, and the keys that belong to an input method stay with it.
 */
export class Completion {
  /** @type {Found[]} */
  #found = [];
  #at = -1;
  /** @type {{room: number, start: number}|null} */
  #dismissed = null;
  #whom;

  /** @param {HTMLFormElement} form @param {Screen} screen */
  constructor(form, screen) {
    this.#screen = screen;
    this.#whom = new Whom(screen.chat);
    this.#field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    this.#list = Object.assign(document.createElement("ul"), { id: `${form.id}-whom`, className: "options whom", hidden: true });
    this.#list.role = "listbox";
    this.#list.ariaLabel = "People in this room";
    this.#status = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
    form.append(this.#list, this.#status);
    this.#field.setAttribute("aria-autocomplete", "list");
    this.#field.setAttribute("aria-haspopup", "listbox");
    this.#field.setAttribute("aria-controls", this.#list.id);
    form.addEventListener("keydown", (event) => this.#key(event), true); // before the field sends
    document.addEventListener("selectionchange", () => this.look());
    this.#field.addEventListener("input", () => this.look());
    this.#field.addEventListener("blur", () => this.#show([]));
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.#list.addEventListener("click", ({ target }) => {
      const chosen = /** @type {Element} */ (target).closest("[role=option]");
      if (chosen) this.#choose([...this.#list.children].indexOf(chosen));
    });
    this.look();
  }
  #field;
  #list;
  #screen;
  #status;

  /** Show who may be meant by what stands before the cursor. */
  look() {
    const what = this.#begun();
    if (!what) return this.#show([]);
    this.#whom.find(what.typed, (found, done) => {
      const sure = what.typed && (done || found[0]?.user); // nobody is called because somebody else was looked for
      if (this.#begun()?.typed === what.typed) this.#show(found, sure ? 0 : -1);
    });
  }

  /** The mention that is being typed, unless its list was closed. */
  #begun() {
    const { activeElement } = document;
    const { selectionStart: caret, selectionEnd: end, value } = this.#field;
    const found = activeElement === this.#field && caret === end ? begun(value, caret) : null;
    const closed = this.#dismissed?.start === found?.start && this.#dismissed?.room === this.#screen.room.id;
    if (!closed) this.#dismissed = null;
    return closed ? null : found;
  }

  /** @param {Found[]} found @param {number} [at]  the one that is pointed at */
  #show(found, at = -1) {
    if (!found.length && this.#list.hidden) return;
    const same = this.#found[this.#at]?.user?.id;
    const kept = this.#at > 0 && same ? found.findIndex(({ user }) => user?.id === same) : -1;
    this.#found = found;
    this.#list.replaceChildren(...found.map((each) => this.#option(each)));
    [...this.#list.children].forEach((each, index) => (each.id = `${this.#list.id}-${index}`));
    this.#list.hidden = !found.length;
    const many = found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
    this.#status.textContent = found.length ? `${many}, arrows choose` : "";
    this.#point(found.length ? (kept >= 0 ? kept : at) : -1);
  }

  /** @param {Found} found */
  #option({ user }) {
    const { chat } = this.#screen;
    if (!user) return option({ title: "room", kind: "private", person: 0, online: false }, "everybody in this room");
    const { id, nickname, name } = user;
    return personOption({ id, name: name || nickname }, chat, name && name !== nickname ? nickname : "");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#list.hidden || event.target !== this.#field || event.isComposing || event.keyCode === 229) return;
    const { length } = this.#found;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (step) this.#point(this.#at < 0 ? (step > 0 ? 0 : length - 1) : (this.#at + step + length) % length);
    else if (event.key === "Escape") this.#dismiss();
    else if (event.key === "Enter" && this.#written(this.#at)) return this.#show([]);
    else if ((event.key === "Enter" || event.key === "Tab") && this.#at >= 0) this.#choose(this.#at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether that name stands there already: then Enter sends. @param {number} at */
  #written(at) {
    const found = this.#found[at];
    const name = found?.user ? found.user.nickname : "room";
    return at >= 0 && this.#begun()?.typed.toLowerCase() === name.toLowerCase();
  }

  #dismiss() {
    const start = this.#begun()?.start ?? -1;
    this.#dismissed = { room: this.#screen.room.id, start };
    this.#show([]);
  }

  /** @param {number} at */
  #choose(at) {
    const what = this.#begun();
    const chosen = this.#found[at];
    if (!what || !chosen) return;
    const { value, selectionEnd: end } = this.#field;
    const text = chosen.user ? spelled(chosen.user.nickname) : "@room";
    const space = /^\s/.test(value.slice(end)) ? "" : " ";
    this.#field.setRangeText(text + space, what.start, end, "end");
    this.#show([]);
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {number} at */
  #point(at) {
    this.#at = at;
    [...this.#list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === at)));
    const pointed = this.#list.children[at];
    pointed?.scrollIntoView({ block: "nearest" });
    if (pointed) this.#field.setAttribute("aria-activedescendant", pointed.id);
    else this.#field.removeAttribute("aria-activedescendant");
  }
}
