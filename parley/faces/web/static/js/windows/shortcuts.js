import { ACTIONS } from "../actions.js";
import { keyLabel } from "./key-label.js";

/** The list of all keys. */
export default class Shortcuts {
  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    dialog.querySelector("[data-actions]")?.append(...ACTIONS.map(({ key, label }) => line(key, label)));
    if (!/Mac|iP/.test(navigator.platform)) return;
    for (const key of dialog.querySelectorAll("[data-mac]")) key.textContent = key.getAttribute("data-mac");
  }
}

/** A line of the list of keys. @param {string} key @param {string} label */
function line(key, label) {
  const row = document.createElement("div");
  const cap = Object.assign(document.createElement("kbd"), { textContent: keyLabel(key) });
  row.append(document.createElement("dt"), Object.assign(document.createElement("dd"), { textContent: label.toLowerCase() }));
  row.firstElementChild?.append(cap);
  return row;
}
