import { addressOf } from "./sheet.js";

/**
 * The part of the page that stands in `html/NAME.html`, made anew with each call.
 * @param {string} name
 * @returns {Promise<HTMLElement>}
 * @throws {Error} when it could not be loaded
 */
export async function markup(name) {
  const answer = await fetch(addressOf(`html/${name}.html`));
  const found = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").body.firstElementChild;
  if (!(found instanceof HTMLElement)) throw new Error(`${name}.html could not be loaded.`);
  return found;
}
