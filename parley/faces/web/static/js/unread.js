/** @import {Room} from "./room.js" */
/** @import {Message} from "./wire.js" */

/**
 * @typedef {object} Unread
 * @property {number} count  others' messages above the read position
 * @property {boolean} more  there may be further ones in the history that is not loaded; the server knows
 *
 * @typedef {{head: number, read: number, generation: number, unread: number}} Count  The server's, as of the entry `head`.
 */

/** Whether this message, while it is not deleted, is new to somebody who has not read it. @param {Message} message @param {number} me */
export function isNews({ kind, author, reply_to = null }, me) {
  return kind === "text" && author !== me && reply_to === null;
}

/**
 * What is unread of a room. Beyond what is loaded it is the server's count that says so, and the log says what has come or
 * was deleted since then. Pure.
 * @param {Room} room
 * @param {(Count & {loaded: number})|null} count  `loaded`: the generation of the timeline when it came
 * @returns {Unread}
 */
export function unreadOf({ me, position: { seq: read, generation }, timeline }, count) {
  const news = timeline.list().filter((message) => message.seq > read && isNews(message, me));
  if (!timeline.older || timeline.start <= read + 1) return { count: news.length, more: false };
  const stands = count?.read === read && count.generation === generation && count.loaded === timeline.generation;
  if (!count || !stands || timeline.start > count.head + 1) return { count: news.length, more: true };
  const come = news.filter(({ seq }) => seq > count.head).length;
  const gone = timeline.deletedSince(count.head).filter((message) => message.seq > read && isNews(message, me)).length;
  return { count: count.unread + come - gone, more: false };
}
