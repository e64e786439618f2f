const EDGE = 8; // pixels between the picker and the edge of the window

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
   * @param {HTMLElement} beside  the button that asks
   * @param {HTMLElement} after  what gets the focus afterwards
   * @param {(emoji: string) => void} chosen  called with an emoji, or a `:name:` that the server knows
   */
  open(beside, after, chosen) {
    this.#chosen = chosen;
    this.#before = after;
    this.#field.value = "";
    this.#popover.showPopover();
    this.#place(beside.getBoundingClientRect());
    this.#grid[0]?.focus();
  }

  /** @param {string} emoji */
  #choose(emoji) {
    this.#popover.hidePopover();
    this.#before?.focus();
    this.#chosen(emoji);
  }

  /** Below what asked, or above it where there is no room; a phone's style sheet puts it at the bottom. @param {DOMRect} at */
  #place(at) {
    const { offsetWidth: width, offsetHeight: height } = this.#popover;
    const below = at.bottom + EDGE + height < innerHeight ? at.bottom + EDGE / 2 : at.top - height - EDGE / 2;
    const left = Math.min(at.right - width, innerWidth - width - EDGE);
    this.#popover.style.setProperty("--top", `${Math.max(EDGE, below)}px`);
    this.#popover.style.setProperty("--left", `${Math.max(EDGE, left)}px`);
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
