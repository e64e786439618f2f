/**
 * Put text on the clipboard.
 * @param {string} text
 * @returns {Promise<boolean>} whether the browser let it
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copied(text); // without TLS there is no `navigator.clipboard`
  }
}

/** @param {string} text */
function copied(text) {
  const focused = document.activeElement;
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
  (focused?.closest("dialog") ?? document.body).append(field); // beside an open window nothing can be selected
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
