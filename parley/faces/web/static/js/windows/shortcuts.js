/** The list of all keys. */
export default class Shortcuts {
  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    if (!/Mac|iP/.test(navigator.platform)) return;
    for (const key of dialog.querySelectorAll("[data-mac]")) key.textContent = key.getAttribute("data-mac");
  }
}
