import { Problem } from "../api.js";

const UNREACHED = "The server cannot be reached. Nothing is lost: try again.";

/** What went wrong, for people. @param {unknown} error */
export function reason(error) {
  return error instanceof Problem ? error.message : UNREACHED;
}

/**
 * Send what a form holds, with its button off meanwhile. What is refused stands in `[role=alert]`, and at the field
 * that `blame` names; what was typed stays.
 * @param {HTMLFormElement} form
 * @param {() => Promise<void>} send
 * @param {(error: unknown) => string} [blame]  the name of the field at fault; empty for none
 * @returns {Promise<boolean>} whether it was done
 */
export async function submit(form, send, blame = () => "") {
  const buttons = form.querySelectorAll("button");
  say(form, "", "");
  for (const button of buttons) button.disabled = true;
  try {
    await send();
    return true;
  } catch (error) {
    say(form, reason(error), blame(error));
    return false;
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

/** @param {HTMLFormElement} form @param {string} sentence @param {string} name */
export function say(form, sentence, name) {
  const alert = /** @type {HTMLElement} */ (form.querySelector("[role=alert]"));
  alert.textContent = sentence;
  alert.hidden = !sentence;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  const field = name ? form.elements.namedItem(name) : null;
  if (!(field instanceof HTMLElement)) return;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}
