import { Problem } from "../api.js";
import { reason } from "./form.js";

/** A form whose refusals stand beside the field at fault: in `[data-problem=NAME]`, or in `[data-problem=""]`. */
export class Fields {
  /**
   * @param {HTMLFormElement} form
   * @param {Record<string, string>} blame  the field that is at fault, by the code of the refusal
   */
  constructor(form, blame) {
    this.form = form;
    this.#blame = blame;
  }
  #blame;

  /** @param {string} name */
  field(name) {
    return /** @type {HTMLInputElement|HTMLSelectElement} */ (this.form.elements.namedItem(name));
  }

  /** @param {string} name */
  value(name) {
    return this.field(name).value;
  }

  /** Put what is into the fields. @param {Record<string, string>} values */
  fill(values) {
    for (const [name, value] of Object.entries(values)) this.field(name).value = value;
  }

  /**
   * Send what the form holds, with its buttons off meanwhile; what was typed stays when it is refused.
   * @param {() => Promise<unknown>} send
   * @returns {Promise<boolean>} whether it was done
   */
  async send(send) {
    const buttons = this.form.querySelectorAll("button");
    this.say("", "");
    this.done("");
    for (const button of buttons) button.disabled = true;
    try {
      await send();
      return true;
    } catch (error) {
      this.refuse(error);
      return false;
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }

  /** @param {unknown} error */
  refuse(error) {
    this.say(reason(error), (error instanceof Problem && this.#blame[error.code]) || "");
  }

  /** @param {string} sentence  empty: nothing is wrong @param {string} name  of the field at fault; empty for none */
  say(sentence, name) {
    for (const alert of /** @type {NodeListOf<HTMLElement>} */ (this.form.querySelectorAll("[data-problem]"))) {
      const here = alert.dataset["problem"] === name && sentence !== "";
      alert.textContent = here ? sentence : "";
      alert.hidden = !here;
    }
    for (const field of this.form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (!name || !sentence) return;
    this.field(name).setAttribute("aria-invalid", "true");
    this.field(name).focus();
  }

  /** @param {string} sentence */
  done(sentence) {
    const status = this.form.querySelector("[role=status]");
    if (status) status.textContent = sentence;
  }
}

/** @param {ParentNode} place @returns {HTMLFormElement} */
export function formOf(place) {
  return /** @type {HTMLFormElement} */ (place.querySelector("form"));
}
