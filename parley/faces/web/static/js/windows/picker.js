import { place } from "./beside.js";

/** The few emoji that most reactions are, and a field for any other. One for the page, shown beside what asks for it. */
export class Picker {
  /** @type {(emoji: string) => void} */
  #chosen = () => undefined;
  /** @type {HTMLElement|null} */
  #before = null;

  /** @param {HTMLElement} popover  `#picker` */
  constructor(popover) {
    this.#popover = popover;
    this.#form = /** @type {HTMLFormElement} */ (popover.querySelector("form"));
    this.#field = /** @type {HTMLInputElement} */ (popover.querySelector("input"));
    this.#grid = [.../** @type {NodeListOf<HTMLButtonElement>} */ (popover.querySelectorAll("[data-emoji]"))];
    for (const button of this.#grid) button.addEventListener("click", () => this.#choose(button.dataset["emoji"] ?? ""));
    popover.addEventListener("keydown", (event) => this.#key(event));
    popover.addEventListener("toggle", (event) => {
      const { newState } = /** @type {ToggleEvent} */ (event);
      if (newState === "closed" && popover.contains(document.activeElement)) this.#before?.focus();
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = this.#field.value.trim();
      if (typed) this.#choose(/^[\w+-]+$/.test(typed) ? `:${typed}:` : typed);
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
    this.#popover.showPopover();
    place(this.#popover, beside.getBoundingClientRect());
    this.#grid[0]?.focus();
  }

  /** @param {string} emoji */
  #choose(emoji) {
    this.#popover.hidePopover();
    this.#before?.focus();
    this.#chosen(emoji);
  }

  /** Arrow keys go through the emoji. @param {KeyboardEvent} event */
  #key(event) {
    if (event.target === this.#field) return;
    const columns = getComputedStyle(/** @type {Element} */ (this.#popover.firstElementChild)).gridTemplateColumns.split(" ");
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns.length, ArrowDown: columns.length };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (!step) return;
    event.preventDefault();
    const next = this.#grid.findIndex((button) => button === document.activeElement) + step;
    if (next >= this.#grid.length) this.#field.focus();
    else this.#grid[next]?.focus();
  }
}
