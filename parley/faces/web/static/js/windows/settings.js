/** @import {Screen} from "../screen.js" */

/**
 * @typedef {object} Section  A part of the settings, with a module of its own.
 * @property {() => void} [show]  it comes into view
 * @property {() => void} [draw]  it is in view, and something may have changed
 *
 * @typedef {{default: new (place: HTMLElement, screen: Screen) => Section}} SectionModule
 */

/**
 * All sections, by the name that a `<section data-section>` of `html/settings.html` has: there they stand in their order.
 * @type {Record<string, () => Promise<SectionModule>>}
 */
const SECTIONS = {
  profile: () => import("./settings-profile.js"),
  preferences: () => import("./settings-preferences.js"),
  devices: () => import("./settings-devices.js"),
  tokens: () => import("./settings-tokens.js"),
  data: () => import("./settings-data.js"),
};

/** What is a person's own, in sections behind tabs (ARIA Authoring Practices, “Tabs”). */
export default class Settings {
  /** @type {Map<string, Promise<Section>>} */
  #made = new Map();
  /** @type {Section|null} */
  #shown = null;
  #name = "profile";

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    const list = /** @type {HTMLElement} */ (dialog.querySelector("[role=tablist]"));
    this.#tabs = this.#places().map((place) => tabOf(place));
    list.append(...this.#tabs);
    list.addEventListener("click", ({ target }) => {
      if (target instanceof HTMLElement && target.dataset["name"]) void this.#open(target.dataset["name"]);
    });
    list.addEventListener("keydown", (event) => this.#key(event));
  }
  #dialog;
  #screen;
  #tabs;

  /** It opens. @param {string} [name]  of a section */
  show(name) {
    void this.#open(name || this.#name);
  }

  draw() {
    this.#shown?.draw?.();
  }

  /** @param {string} name */
  async #open(name) {
    this.#name = name;
    for (const place of this.#places()) place.hidden = place.dataset["section"] !== name;
    for (const tab of this.#tabs) {
      const chosen = tab.dataset["name"] === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    try {
      const section = await this.#fetch(name);
      if (this.#name !== name) return;
      this.#shown = section;
      section.show?.();
      section.draw?.();
    } catch {
      this.#made.delete(name);
      this.#screen.notice("This part of the page could not be loaded. Try again.");
    }
  }

  /** @param {string} name */
  #fetch(name) {
    const place = this.#places().find(({ dataset }) => dataset["section"] === name);
    const load = SECTIONS[name];
    if (!place || !load) throw new Error(`There is no section ${name}.`);
    const made = this.#made.get(name) ?? this.#make(place, load);
    this.#made.set(name, made);
    return made;
  }

  /** Until what answers it is there, a section takes no press, which would be lost. @param {HTMLElement} place @param {() => Promise<SectionModule>} load */
  async #make(place, load) {
    place.inert = true;
    const { default: Made } = await load();
    place.inert = false;
    return new Made(place, this.#screen);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#tabs.findIndex((tab) => tab.dataset["name"] === this.#name);
    const last = this.#tabs.length - 1;
    /** @type {Record<string, number>} */
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last };
    const next = this.#tabs.at((to[event.key] ?? NaN) % this.#tabs.length);
    if (!(event.key in to) || !next) return;
    event.preventDefault();
    next.focus();
    void this.#open(next.dataset["name"] ?? "");
  }

  /** @returns {HTMLElement[]} */
  #places() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#dialog.querySelectorAll("[data-section]"))];
  }
}

/** @param {HTMLElement} place */
function tabOf(place) {
  const { section = "", title = "" } = place.dataset;
  const tab = Object.assign(document.createElement("button"), { type: "button", id: `settings-tab-${section}`, textContent: title });
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", `settings-${section}`);
  tab.dataset["name"] = section;
  place.id = `settings-${section}`;
  place.setAttribute("role", "tabpanel");
  place.setAttribute("aria-labelledby", tab.id);
  return tab;
}
