let number = 0;

/** A list below a field, of which one line is pointed at: arrows move, Enter and a click choose (ARIA's combobox). */
export class Options {
  #at = 0;

  /**
   * @param {HTMLInputElement} field
   * @param {HTMLElement} list
   * @param {(at: number) => void} chosen
   */
  constructor(field, list, chosen) {
    this.#field = field;
    this.#list = list;
    this.#chosen = chosen;
    list.id ||= `options-${(number += 1)}`;
    field.setAttribute("aria-controls", list.id);
    field.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", ({ target }) => {
      const option = /** @type {Element} */ (target).closest("[role=option]");
      if (option) chosen([...list.children].indexOf(option));
    });
    this.show([]);
  }
  #field;
  #list;
  #chosen;

  /** @param {HTMLElement[]} options  each with the role @param {number} [at]  the one that is pointed at */
  show(options, at = 0) {
    options.forEach((option, index) => (option.id = `${this.#list.id}-${index}`));
    this.#list.replaceChildren(...options);
    this.#list.hidden = !options.length;
    this.#field.ariaExpanded = String(options.length > 0);
    this.#point(Math.max(0, Math.min(at, options.length - 1)));
  }

  /** Which one is pointed at. */
  get at() {
    return this.#at;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const { length } = this.#list.children;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step && length) this.#point((this.#at + step + length) % length);
    else if (event.key === "Enter" && length) this.#chosen(this.#at);
    else return;
    event.preventDefault();
  }

  /** @param {number} at */
  #point(at) {
    this.#at = at;
    [...this.#list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === at)));
    const pointed = this.#list.children[at];
    pointed?.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", pointed?.id ?? "");
  }
}
