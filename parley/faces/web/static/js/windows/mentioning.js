import { fit, fold } from "./folding.js";

/** What addresses a whole room, as the server has it (`parley/names.py`). */
export const EVERYBODY = ["room", "all", "channel", "everyone", "here"];

const CALLS_ALL = new RegExp(
  `(?<![\\p{L}\\p{N}\\p{M}_@])@(?:${EVERYBODY.join("|")}|["“„](?:${EVERYBODY.join("|")})["“”])(?![\\p{L}\\p{N}\\p{M}]|[-._][\\p{L}\\p{N}])`,
  "iu",
);
const BEGUN = /(?:^|[^\p{L}\p{N}\p{M}_@\\]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])@(?:["“„]([^"“”\n]{0,32})|([^\s@"“”:]{0,32}))$/u;
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[-._][\p{L}\p{N}\p{M}]+)*$/u;

/** @typedef {{start: number, typed: string}} Begun  Where the @ stands, and what was typed of the name so far. */

/**
 * The mention that somebody is just typing; null when they are not. Pure.
 * @param {string} text
 * @param {number} caret
 * @returns {Begun|null}
 */
export function begun(text, caret) {
  const line = text.slice(text.lastIndexOf("\n", caret - 1) + 1, caret);
  const found = BEGUN.exec(line);
  if (!found || inCode(text.slice(0, caret))) return null;
  return { start: caret - line.length + line.lastIndexOf("@"), typed: found[1] ?? found[2] ?? "" };
}

/** How a name is written in a text, so that the server finds it. @param {string} name */
export function spelled(name) {
  if (PLAIN.test(name)) return `@${name}`;
  return `@"${name.replace(/[\\*_`~[\]<>&:"!#|]/g, "\\$&")}"`;
}

/** Whether a text addresses a whole room; what stands in code or in a quote does not. @param {string} source */
export function callsEverybody(source) {
  const said = source
    .replace(/^ {0,3}(```|~~~)[^]*?(?:^ {0,3}\1|(?![^]))/gmu, "")
    .replace(/(`+)[^`]+\1/g, "")
    .replace(/\\./gu, "")
    .replace(/^ {0,3}>.*$/gmu, "");
  return CALLS_ALL.test(said);
}

/**
 * How well somebody fits what was typed: 0 is called just so; the lower, the better; negative: not at all.
 * @param {{nickname: string, name?: string}} person
 * @param {string} typed
 */
export function rank({ nickname, name = "" }, typed) {
  const wanted = fold(typed);
  if (nickname.toLowerCase() === typed.toLowerCase()) return 0;
  const ranks = [nickname, name].map((each) => (each ? fit(fold(each), wanted) : -1)).filter((each) => each >= 0);
  return ranks.length ? 1 + Math.min(...ranks) : -1;
}

/** Whether the end of this text is within code. @param {string} text */
export function inCode(text) {
  const fences = text.match(/^ {0,3}(?:```|~~~)/gm) ?? [];
  const line = text.slice(text.lastIndexOf("\n") + 1);
  return fences.length % 2 === 1 || (line.match(/`/g) ?? []).length % 2 === 1;
}
