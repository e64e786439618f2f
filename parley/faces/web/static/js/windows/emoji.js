/** @import {Source} from "./completion.js" */

import { addressOf } from "../sheet.js";
import { fit, fold } from "./folding.js";
import { inCode } from "./mentioning.js";

const BEGUN = /(?:^|[^\p{L}\p{N}\p{M}:/\\])(:([a-z0-9+][a-z0-9_+-]+))$/iu; // one letter after a colon may be a smiley
const MOST = 8;

/** What most reactions are. @type {{emoji: string, name: string}[]} */
export const USUAL = [
  { emoji: "👍", name: "thumbs up" },
  { emoji: "❤️", name: "heart" },
  { emoji: "😂", name: "laughing with tears" },
  { emoji: "🎉", name: "party" },
  { emoji: "👀", name: "eyes" },
  { emoji: "✅", name: "done" },
  { emoji: "🙏", name: "thank you" },
  { emoji: "😮", name: "surprised" },
  { emoji: "😢", name: "sad" },
  { emoji: "🚀", name: "rocket" },
  { emoji: "🔥", name: "fire" },
  { emoji: "👎", name: "thumbs down" },
];

/** @typedef {string[]} Emoji  One, and the names that mean it. */

/** @type {Promise<Emoji[]>|null} */
let known = null;

/** Every emoji; asked for once, and again after a failure. @returns {Promise<Emoji[]>} */
export function allEmoji() {
  known ??= fetch(addressOf("emoji.json")).then((answer) => answer.json());
  known.catch(() => (known = null));
  return known;
}

/**
 * The `:name` that somebody is just typing; null when they are not. Pure.
 * @param {string} text
 * @param {number} caret
 * @returns {{start: number, typed: string}|null}
 */
export function namedEmoji(text, caret) {
  const before = text.slice(0, caret);
  const [, whole = "", typed = ""] = BEGUN.exec(before.slice(before.lastIndexOf("\n") + 1)) ?? [];
  return typed && !inCode(before) ? { start: caret - whole.length, typed } : null;
}

/**
 * Emoji that somebody may mean who typed this, each with the name that fits best; the likeliest first. Pure.
 * @param {Emoji[]} all
 * @param {string} typed
 * @param {number} [most]
 * @returns {{emoji: string, name: string}[]}
 */
export function meantEmoji(all, typed, most = MOST) {
  const wanted = fold(typed).replace(/[\s:]+/g, "_").replace(/^_|_$/g, "");
  if (!wanted) return [];
  const found = all.flatMap(([emoji = "", ...names]) => {
    const ranked = names.map((name) => ({ name, rank: name === wanted ? -1 : fit(name, wanted) }));
    const [best] = ranked.filter(({ name, rank }) => rank >= 0 || name === wanted).sort(before);
    return best ? [{ emoji, ...best, rare: !USUAL.some((each) => each.emoji === emoji) }] : [];
  });
  return found.sort((a, b) => a.rank - b.rank || Number(a.rare) - Number(b.rare) || before(a, b)).slice(0, most);
}

/** @typedef {{name: string, rank: number}} Ranked */

/** @param {Ranked} a @param {Ranked} b */
function before(a, b) {
  return a.rank - b.rank || a.name.length - b.name.length || a.name.localeCompare(b.name);
}

/** For the field: a `:` and the beginning of a name become an emoji. @type {Source} */
export const EMOJI = {
  label: "Emoji",
  begun: namedEmoji,
  find: (typed, show) => {
    const suggest = (/** @type {Emoji[]} */ all) => meantEmoji(all, typed).map(({ emoji, name }) => suggestion(emoji, name));
    allEmoji().then((all) => show(suggest(all), true), () => show([], true));
  },
};

/** @param {string} emoji @param {string} name */
function suggestion(emoji, name) {
  const line = document.createElement("li");
  line.role = "option";
  const shown = Object.assign(document.createElement("span"), { className: "emoji", textContent: emoji });
  shown.ariaHidden = "true";
  line.append(shown, Object.assign(document.createElement("span"), { className: "name", textContent: `:${name}:` }));
  return { id: emoji, text: emoji, written: false, line: () => line };
}
