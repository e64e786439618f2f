/** @import {Screen} from "../screen.js" */

import { Caution } from "./caution.js";
import { Completion } from "./completion.js";
import { styled } from "../sheet.js";

/** What helps with mentions in the field below. @param {HTMLFormElement} form @param {Screen} screen */
export async function prompter(form, screen) {
  await Promise.all([styled("windows"), styled("finder"), styled("mentions")]);
  new Completion(form, screen);
  return new Caution(form, screen);
}
