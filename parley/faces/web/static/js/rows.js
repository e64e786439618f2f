/** @import {Entry} from "./outbox.js" */
/** @import {Message} from "./wire.js" */

/**
 * @typedef {object} Row  A line of the room as it is shown. Pure data: what the page draws, and nothing else.
 * @property {string} name  unique and the same for a pending post and the message it becomes
 * @property {Message} message
 * @property {boolean} stored  false while it is only in the outbox
 * @property {Entry|null} command  what waits for an answer about this row
 * @property {string[]} reacting  the emoji of this reader's whose putting or taking back has no answer
 * @property {boolean} lead  the first of a group: shows its author
 * @property {boolean} day  the first of its day
 * @property {boolean} fresh  the first that the reader has not seen
 */

import { WORDLESS } from "./outbox.js";

const GROUP = 5 * 60_000;

/**
 * Lay the log and what is still in the outbox out as rows.
 * @param {Message[]} messages  in order
 * @param {Entry[]} posts  not come back yet, in order
 * @param {Entry[]} changes  edits, deletions and reactions without an answer
 * @param {{me: number, seen: number}} reader  `seen`: the seq above which others' messages are new; Infinity for none
 * @returns {Row[]}
 */
export function lay(messages, posts, changes, { me, seen }) {
  const known = new Set(messages.map(({ id }) => id));
  const at = (/** @type {Entry} */ { command }) => ("message" in command ? command.message : 0);
  const placed = (/** @type {Entry} */ entry) => known.has(at(entry)) && entry.refused?.code !== "set_back";
  const reacts = changes.map(({ command }) => command).filter((command) => command.type === "react");
  const texts = changes.filter((entry) => !WORDLESS.has(entry.command.type) && placed(entry));
  const pending = new Map(texts.map((entry) => [at(entry), entry]));
  const stored = messages.map((message) => ({ message, stored: true, command: pending.get(message.id) ?? null }));
  // What was refused is never out of sight: without its message, the words of a change stand at the end.
  const homeless = changes.filter((entry) => entry.refused && entry.command.type === "edit" && !placed(entry));
  const waiting = [...posts, ...homeless].map((entry) => ({ message: draft(entry, me), stored: false, command: entry }));
  const freshest = messages.find((message) => message.seq > seen && message.author !== me && message.kind === "text");

  /** @type {Message|null} */
  let previous = null;
  return [...stored, ...waiting].map(({ message, stored, command }) => {
    const day = !previous || !sameDay(previous, message);
    const fresh = message === freshest;
    const lead = day || fresh || !continues(previous, message);
    previous = message;
    const name = nameOf(message);
    const reacting = reacts.filter((react) => stored && react.message === message.id).map(({ emoji }) => emoji);
    return { name, message, stored, command, reacting, lead, day, fresh };
  });
}

/** The name of a message's row. @param {Message} message */
export function nameOf({ id, author, key }) {
  return key === null ? `m${id}` : `${author} ${key}`;
}

/** @param {Entry} entry @param {number} me @returns {Message} */
function draft({ command, at, files = [] }, me) {
  return {
    id: 0,
    room: "room" in command ? command.room : 0,
    seq: 0,
    changed_seq: 0,
    kind: "text",
    author: me,
    key: command.key,
    source: "source" in command ? command.source : "",
    html: "",
    created_at: new Date(at).toISOString(),
    files,
  };
}

/** @param {Message} a @param {Message} b */
function sameDay(a, b) {
  return new Date(a.created_at).toDateString() === new Date(b.created_at).toDateString();
}

/** @param {Message|null} previous @param {Message} message */
function continues(previous, message) {
  if (!previous || previous.kind !== "text" || message.kind !== "text") return false;
  return previous.author === message.author && Date.parse(message.created_at) - Date.parse(previous.created_at) < GROUP;
}
