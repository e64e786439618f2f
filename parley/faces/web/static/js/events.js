/** @import {Message} from "./wire.js" */

/** @typedef {(id: number|null) => string} NameOf */

/** @type {Record<string, (who: string, what: string, nameOf: NameOf) => string>} */
const SENTENCES = {
  created: (who, name) => (name ? `${who} created the room “${name}”` : `${who} began the conversation`),
  joined: (who) => `${who} joined`,
  left: (who) => `${who} left`,
  invited: (who, id, nameOf) => `${who} invited ${nameOf(Number(id))}`,
  removed: (who, id, nameOf) => `${who} removed ${nameOf(Number(id))}`,
  renamed: (who, name) => `${who} called the room “${name}”`,
  topic: (who, topic) => (topic ? `${who} set the topic: ${topic}` : `${who} removed the topic`),
  history: (who, history) =>
    history === "all" ? `${who} opened the history to newcomers` : `${who} closed the history to newcomers`,
  archived: (who) => `${who} archived the room`,
  unarchived: (who) => `${who} opened the room again`,
  role: (who, what, nameOf) => {
    const [id, role] = what.split(" ");
    return `${who} made ${nameOf(Number(id))} ${role === "owner" ? "an owner" : `a ${role ?? "member"}`}`;
  },
};

/**
 * What the room says of itself, in words. Kinds that this page does not know say it themselves, in `source`. Pure.
 * @param {Message} message
 * @param {NameOf} nameOf
 */
export function sentence({ kind, author, source }, nameOf) {
  return SENTENCES[kind]?.(nameOf(author) || "Somebody", source, nameOf) ?? source;
}
