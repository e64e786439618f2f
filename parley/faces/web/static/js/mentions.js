/** @import {Position} from "./position.js" */
/** @import {Timeline} from "./timeline.js" */
/** @import {Message} from "./wire.js" */

/**
 * @typedef {object} Told  What the server has counted, as of the entry `head`.
 * @property {number} head
 * @property {number} read
 * @property {number} generation
 * @property {number} mentions
 *
 * @typedef {object} Mentioned
 * @property {number} count  messages that mention this person and that they have not seen
 * @property {boolean} more  only the server knows whether that is all
 */

/**
 * Since which seq this message mentions this person, by name or with the whole room; 0 if it does not. What it was
 * written by oneself, or is deleted, mentions nobody.
 * @param {Message} message
 * @param {number} me
 */
export function mentionedAt({ author, deleted_at, mentions = [] }, me) {
  if (author === me || deleted_at) return 0;
  return Math.max(0, ...mentions.filter(({ user }) => user === me || user === null).map(({ seq }) => seq));
}

/**
 * How many unseen mentions a room has: those in messages that are here, and those that the server has counted elsewhere.
 * @param {{me: number, position: Pick<Position, "seq"|"generation">, timeline: Timeline}} room
 * @param {Told|null} told
 * @returns {Mentioned}
 */
export function mentionsOf({ me, position: { seq: read, generation }, timeline }, told) {
  const here = [...timeline.known];
  const count = here.filter((message) => mentionedAt(message, me) > read).length;
  const cursor = timeline.cursor ?? -1;
  const counts = told && told.generation === generation && told.read <= read;
  if (counts && told.head > cursor && read < told.head) return { count: Math.max(count, told.mentions), more: false }; // it is on its way
  if (!timeline.older || read >= cursor) return { count, more: false };
  if (!counts || timeline.forgotten > told.head) return { count, more: true };
  // What the server has counted, and is here: as it was when it counted.
  const counted = (/** @type {Message} */ message) => {
    const since = mentionedAt(message, me);
    return since > told.read && since <= told.head;
  };
  const then = timeline.superseded.filter(({ until }) => until > told.head).map(({ message }) => message);
  const elsewhere = told.mentions - new Set([...here, ...then].filter(counted).map(({ id }) => id)).size;
  if (elsewhere <= 0 || read >= told.head) return { count, more: false };
  return { count: count + elsewhere, more: read > told.read || timeline.unsure > told.head };
}
