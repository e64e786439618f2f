/** @import {Action} from "../actions.js" */
/** @import {ChatMessage} from "../message.js" */

import { place } from "./beside.js";
import { keyLabel } from "./key-label.js";

/** The menu of all that can be done with a message; on a phone it comes up from below. One for the page. */
export class MessageMenu {
  /** @type {ChatMessage|null} */
  #message = null;
  /** @type {HTMLElement|null} */
  #opener = null;

  /**
   * @param {HTMLElement} popover  `#message-menu`
   * @param {(name: string, message: ChatMessage) => void} chosen
   */
  constructor(popover, chosen) {
    this.#popover = popover;
    popover.addEventListener("click", ({ target }) => {
      const item = /** @type {Element} */ (target).closest("[role=menuitem]");
      const message = this.#message;
      if (!(item instanceof HTMLElement) || !message) return;
      popover.hidePopover();
      message.focus();
      chosen(item.dataset["name"] ?? "", message);
    });
    popover.addEventListener("keydown", (event) => this.#key(event));
    popover.addEventListener("toggle", (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === "open") return;
      if (popover.contains(document.activeElement)) (this.#opener ?? this.#message)?.focus();
      this.#opener?.setAttribute("aria-expanded", "false");
    });
  }
  #popover;

  /**
   * @param {ChatMessage} message
   * @param {HTMLElement|null} opener  the button that was pressed, if it was one
   */
  open(message, opener) {
    [this.#message, this.#opener] = [message, opener];
    this.#popover.replaceChildren(...message.actions.map(item));
    opener?.setAttribute("aria-expanded", "true");
    this.#popover.showPopover();
    place(this.#popover, message.corner.getBoundingClientRect());
    this.#items[0]?.focus();
  }

  get #items() {
    return /** @type {HTMLElement[]} */ ([...this.#popover.querySelectorAll("[role=menuitem]")]);
  }

  /** As menus work: arrows, Home, End, Tab leaves, and the key of an action does it. @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const items = this.#items;
    const at = items.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    const named = items.find((item) => item.dataset["key"] === event.key.toLowerCase());
    if (to !== undefined) items[to % items.length]?.focus();
    else if (event.key === "Tab") this.#popover.hidePopover();
    else if (named) named.click();
    else return;
    event.preventDefault();
  }
}

/** @param {Action} action */
function item({ name, label, icon, key, danger = false }) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("menu-item"));
  const button = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  button.dataset["name"] = name;
  button.dataset["key"] = key;
  button.classList.toggle("danger", danger);
  button.querySelector("use")?.setAttribute("href", `#icon-${icon}`);
  /** @type {HTMLElement} */ (button.querySelector("span")).textContent = label;
  /** @type {HTMLElement} */ (button.querySelector("kbd")).textContent = keyLabel(key);
  return button;
}
