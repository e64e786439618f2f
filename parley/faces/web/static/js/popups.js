/** @import {ChatMessage} from "./message.js" */
/** @import {MessageMenu} from "./windows/message-menu.js" */
/** @import {Picker} from "./windows/picker.js" */

import { styled } from "./sheet.js";

const SOON = 2_000; // milliseconds until they are fetched unasked

/** The menu of a message and the picker of emoji, fetched when first wanted or soon after the page is there. */
export class Popups {
  /** @type {Promise<{menu: MessageMenu, picker: Picker}>|null} */
  #fetched = null;

  /**
   * @param {(name: string, element: ChatMessage) => void} chosen  an action, from the menu
   * @param {(sentence: string) => void} notice
   */
  constructor(chosen, notice) {
    this.#chosen = chosen;
    this.#notice = notice;
    setTimeout(() => void this.#fetch().catch(() => undefined), SOON);
  }
  #chosen;
  #notice;

  /** @param {ChatMessage} element @param {HTMLElement|null} button  what was pressed */
  async menu(element, button) {
    (await this.#ready())?.menu.open(element, button);
  }

  /** @param {ChatMessage} element @param {HTMLElement} beside @param {(emoji: string) => void} chosen */
  async pick(element, beside, chosen) {
    (await this.#ready())?.picker.open(beside, element, chosen);
  }

  async #ready() {
    const popups = await this.#fetch().catch(() => null);
    if (!popups) this.#notice("This part of the page could not be loaded. Try again.");
    return popups;
  }

  #fetch() {
    this.#fetched ??= this.#load().catch((error) => {
      this.#fetched = null; // the next attempt asks again
      throw error;
    });
    return this.#fetched;
  }

  async #load() {
    const modules = Promise.all([import("./windows/message-menu.js"), import("./windows/picker.js")]);
    const [[{ MessageMenu }, { Picker }]] = await Promise.all([modules, styled("popup"), styled("picker")]);
    return { menu: new MessageMenu(part("#message-menu"), this.#chosen), picker: new Picker(part("#picker")) };
  }
}

/** @param {string} selector @returns {HTMLElement} */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector));
}
