import { USUAL, allEmoji, meantEmoji } from "./emoji.js";
import { place } from "./beside.js";

const FOUND = 18;

/** The few emoji that most reactions are, and a field that finds any other by its name. One for the page, shown beside what asks for it. */
export class Picker {
  /** @type {(emoji: string) => void} */
  #chosen = () => undefined;
  /** @type {HTMLElement|null} */
  #before = null;
  /** What was found for what stands in the field. @type {{emoji: string, name: string}[]} */
  #found = [];

  /** @param {HTMLElement} popover  `#picker` */
  constructor(popover) {
    this.#popover = popover;
    this.#form = /** @type {HTMLFormElement} */ (popover.querySelector("form"));
    this.#field = /** @type {HTMLInputElement} */ (popover.querySelector("input"));
    this.#grid = /** @type {HTMLElement} */ (popover.querySelector(".grid"));
    this.#grid.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLButtonElement) this.#choose(target.textContent ?? "");
    });
    this.#field.addEventListener("input", () => void this.#look());
    popover.addEventListener("keydown", (event) => this.#key(event));
    popover.addEventListener("toggle", (event) => {
      const { newState } = /** @type {ToggleEvent} */ (event);
      if (newState === "closed" && popover.contains(document.activeElement)) this.#before?.focus();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = this.#field.value.trim();
      if (typed) this.#choose(this.#found[0]?.emoji ?? (/^[\w+-]+$/.test(typed) ? `:${typed}:` : typed));
    });
  }
  #popover;
  #form;
  #field;
  #grid;

  /**
   * Ask for an emoji.
   * @param {HTMLElement} beside  what asks
   * @param {HTMLElement} after  what gets the focus afterwards
   * @param {(emoji: string) => void} chosen  called with an emoji, or a `:name:` that the server knows
   */
  open(beside, after, chosen) {
    this.#chosen = chosen;
    this.#before = after;
    this.#field.value = "";
    this.#found = [];
    this.#show(USUAL);
    this.#popover.showPopover();
    place(this.#popover, beside.getBoundingClientRect());
    this.#buttons[0]?.focus();
  }

  get #buttons() {
    return /** @type {HTMLElement[]} */ ([...this.#grid.children]);
  }

  /** Show what is called so; what fits nothing may be an emoji itself. */
  async #look() {
    const typed = this.#field.value.trim();
    this.#found = [];
    const all = typed ? await allEmoji().catch(() => []) : [];
    if (typed !== this.#field.value.trim()) return;
    this.#found = meantEmoji(all, typed, FOUND);
    this.#show(this.#found.length ? this.#found : USUAL);
  }

  /** @param {{emoji: string, name: string}[]} some */
  #show(some) {
    const label = (/** @type {string} */ name) => name.replaceAll("_", " ");
    this.#grid.replaceChildren(...some.map(({ emoji, name }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: emoji, title: label(name) });
      button.ariaLabel = label(name);
      return button;
    }));
  }

  /** @param {string} emoji */
  #choose(emoji) {
    this.#popover.hidePopover();
    this.#before?.focus();
    this.#chosen(emoji);
  }

  /** Arrow keys go through the emoji, and from the field up to them. @param {KeyboardEvent} event */
  #key(event) {
    const buttons = this.#buttons;
    if (event.target === this.#field) {
      if (event.key !== "ArrowUp") return;
      event.preventDefault();
      return buttons[0]?.focus();
    }
    const columns = getComputedStyle(this.#grid).gridTemplateColumns.split(" ");
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns.length, ArrowDown: columns.length };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (!step) return;
    event.preventDefault();
    const next = buttons.findIndex((button) => button === document.activeElement) + step;
    if (next >= buttons.length) this.#field.focus();
    else buttons[next]?.focus();
  }
}
