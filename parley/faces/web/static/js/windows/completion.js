/** @import {Screen} from "../screen.js" */

/**
 * @typedef {object} Suggestion
 * @property {string|number} id  what tells it from the others
 * @property {string} text  what it puts into the field
 * @property {boolean} written  it stands there already: then Enter sends
 * @property {() => HTMLElement} line
 *
 * @typedef {object} Source  Knows what a word that is being typed may become.
 * @property {string} label  of all that it suggests
 * @property {(text: string, caret: number) => {start: number, typed: string}|null} begun  where that word stands
 * @property {(typed: string, show: (found: Suggestion[], sure: boolean) => void) => void} find  `show` may be called more than
 *   once; `sure`: the first may be chosen unseen
 */

/**
 * The list above the field of what an @ or a : may mean: arrows move, Enter, Tab and a click choose, Esc closes it. The field
 * keeps the focus, and the keys that belong to an input method stay with it.
 */
export class Completion {
  /** @type {Suggestion[]} */
  #found = [];
  #at = -1;
  /** @type {{room: number, start: number}|null} */
  #dismissed = null;

  /** @param {HTMLFormElement} form @param {Screen} screen @param {Source[]} sources */
  constructor(form, screen, sources) {
    this.#screen = screen;
    this.#sources = sources;
    this.#field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    this.#list = Object.assign(document.createElement("ul"), { id: `${form.id}-whom`, className: "options whom", hidden: true });
    this.#list.role = "listbox";
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
  #sources;
  #status;

  /** Show what may be meant by what stands before the cursor. */
  look() {
    const what = this.#begun();
    if (!what) return this.#show([]);
    what.source.find(what.typed, (found, sure) => {
      const now = this.#begun();
      if (now?.source !== what.source || now.typed !== what.typed) return;
      this.#list.ariaLabel = what.source.label;
      this.#show(found, sure ? 0 : -1);
    });
  }

  /** The word that is being typed, unless its list was closed. */
  #begun() {
    const { activeElement } = document;
    const { selectionStart: caret, selectionEnd: end, value } = this.#field;
    const writes = activeElement === this.#field && caret === end;
    const [found = null] = writes ? this.#sources.flatMap((source) => mayBe(source, value, caret)) : [];
    const closed = this.#dismissed?.start === found?.start && this.#dismissed?.room === this.#screen.room.id;
    if (!closed) this.#dismissed = null;
    return closed ? null : found;
  }

  /** @param {Suggestion[]} found @param {number} [at]  the one that is pointed at */
  #show(found, at = -1) {
    if (!found.length && this.#list.hidden) return;
    const same = this.#found[this.#at]?.id;
    const kept = this.#at > 0 && same ? found.findIndex(({ id }) => id === same) : -1;
    this.#found = found;
    this.#list.replaceChildren(...found.map(({ line }) => line()));
    [...this.#list.children].forEach((each, index) => (each.id = `${this.#list.id}-${index}`));
    this.#list.hidden = !found.length;
    const many = found.length === 1 ? "1 suggestion" : `${found.length} suggestions`;
    this.#status.textContent = found.length ? `${many}, arrows choose` : "";
    this.#point(found.length ? (kept >= 0 ? kept : at) : -1);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#list.hidden || event.target !== this.#field || event.isComposing || event.keyCode === 229) return;
    const { length } = this.#found;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (step) this.#point(this.#at < 0 ? (step > 0 ? 0 : length - 1) : (this.#at + step + length) % length);
    else if (event.key === "Escape") this.#dismiss();
    else if (event.key === "Enter" && this.#found[this.#at]?.written) return this.#show([]);
    else if ((event.key === "Enter" || event.key === "Tab") && this.#at >= 0) this.#choose(this.#at);
    else return;
    event.preventDefault();
    event.stopPropagation();
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
    const space = /^\s/.test(value.slice(end)) ? "" : " ";
    this.#field.setRangeText(chosen.text + space, what.start, end, "end");
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

/** @param {Source} source @param {string} text @param {number} caret */
function mayBe(source, text, caret) {
  const found = source.begun(text, caret);
  return found ? [{ source, ...found }] : [];
}
