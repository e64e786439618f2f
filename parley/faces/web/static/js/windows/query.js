import { fold } from "./folding.js";

/**
 * @typedef {object} Hint  A way to go on with a query.
 * @property {string} label
 * @property {string} text  the whole query then
 */

const FILTERS = ["from:", "in:", "before:", "after:", "has:link", "has:file"];
const SHOWN = 6;

/**
 * How the last word of a query may go on: names after `from:` and `in:`, else the filters it has not got. Pure.
 * @param {string} text
 * @param {{people: string[], rooms: string[]}} names
 * @returns {Hint[]}
 */
export function hints(text, { people, rooms }) {
  const [, before = "", key = "", quotation, word = ""] = /^(.*?)(?:(?<=^|\s)(from|in):(?:"([^"]*)|([^"\s]*)))?$/is.exec(text) ?? [];
  const typed = quotation ?? word;
  if (key) {
    const among = key.toLowerCase() === "from" ? ["me", ...people] : rooms;
    const wanted = fold(typed.replace(/^[@#]/, ""));
    const open = among.filter((name) => fold(name).startsWith(wanted) && fold(name) !== wanted);
    return [...new Set(open)].slice(0, SHOWN).map((name) => ({ label: name, text: `${before}${key}:${quoted(name)} ` }));
  }
  const stem = text && !/\s$/.test(text) ? `${text} ` : text;
  return FILTERS.filter((each) => !text.toLowerCase().includes(each)).map((each) => {
    return { label: each, text: `${stem}${each}${each.endsWith(":") ? "" : " "}` };
  });
}

/** @param {string} name */
function quoted(name) {
  return /\s/.test(name) ? `"${name}"` : name;
}
