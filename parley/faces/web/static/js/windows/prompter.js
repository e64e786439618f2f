/** @import {Screen} from "../screen.js" */

import { Caution } from "./caution.js";
import { Completion } from "./completion.js";
import { EMOJI } from "./emoji.js";
import { Whom } from "./whom.js";
import { styled } from "../sheet.js";

/** What helps with mentions and emoji in the field of this form. @param {HTMLFormElement} form @param {Screen} screen */
export async function prompter(form, screen) {
  await Promise.all([styled("windows"), styled("finder"), styled("mentions")]);
  new Completion(form, screen, [new Whom(screen.chat), EMOJI]);
  return new Caution(form, screen);
}
