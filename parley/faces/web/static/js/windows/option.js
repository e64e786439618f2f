/** @import {Chat} from "../chat.js" */
/** @import {Sign} from "../rooms-list.js" */

import { showSign } from "../rooms-list.js";

/** A line of a list of rooms or people. @param {Sign} sign @param {string} [hint] @returns {HTMLElement} */
export function option(sign, hint = "") {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("option"));
  const item = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  showSign(item, sign);
  const [words] = item.getElementsByClassName("hint");
  if (words) words.textContent = hint;
  return item;
}

/** @param {{id: number, name: string}} person @param {Chat} chat @param {string} [hint] */
export function personOption({ id, name }, chat, hint) {
  return option({ title: name, kind: "direct", person: id, online: chat.people.isOnline(id) }, hint);
}
