/** @import {Message, Quiet} from "./wire.js" */

/**
 * @typedef {object} Listener  Somebody as they stand to the room of a message.
 * @property {number} user
 * @property {string} kind  of the room
 * @property {string} [notify]  what they have chosen there
 * @property {boolean} [muted]
 * @property {boolean} [follows]  the thread that the message is in
 * @property {number} [read]  how far they have read, in that thread if they follow it, else in the room
 * @property {Quiet|null} [quiet]
 *
 * @typedef {"mention"|"room_mention"|"thread"|"direct"|"everything"} Told
 * @typedef {"event"|"own"|"deleted"|"muted"|"nothing"|"reply"|"mentions_only"|"quiet"|"read"} Untold
 */

export const LEVELS = ["everything", "mentions", "nothing"];

/** What is told in a room for which nothing else was chosen. @param {string} kind */
export function usual(kind) {
  return kind === "direct" ? "everything" : "mentions";
}

/** What is told in a room. @param {{kind: string, notify?: string}} room */
export function levelOf({ kind, notify = "" }) {
  return LEVELS.includes(notify) ? notify : usual(kind);
}

/**
 * Whether somebody is told of a message, and why; `core/notifications.py` says the same. Pure.
 * @param {Message} message
 * @param {Listener} listener
 * @returns {{told: boolean, reason: Told|Untold}}
 */
export function decide(message, listener) {
  const { kind, author, seq, created_at, edited_at, deleted_at, reply_to = null, mentions = [] } = message;
  const called = mentions.filter(({ user }) => user === listener.user || user === null);
  const since = called.reduce((latest, mention) => Math.max(latest, mention.seq), called.length ? 0 : seq);
  const at = since > seq && edited_at ? edited_at : created_at; // an edit that mentions somebody calls them when it is made
  const level = levelOf(listener);
  const not = (/** @type {Untold} */ reason) => ({ told: false, reason });
  if (kind !== "text") return not("event");
  if (author === listener.user) return not("own");
  if (deleted_at) return not("deleted");
  if (listener.muted) return not("muted");
  if (level === "nothing") return not("nothing");
  if (!called.length && reply_to !== null && !listener.follows) return not("reply");
  if (!called.length && reply_to === null && level === "mentions") return not("mentions_only");
  if (listener.quiet && isQuiet(listener.quiet, at)) return not("quiet");
  if ((listener.read ?? -1) >= since) return not("read");
  if (called.some(({ user }) => user !== null)) return { told: true, reason: "mention" };
  if (called.length) return { told: true, reason: "room_mention" };
  if (reply_to !== null) return { told: true, reason: "thread" };
  return { told: true, reason: listener.kind === "direct" ? "direct" : "everything" };
}

/** Whether a moment is in somebody's hours without notifications; at `to` they are over. @param {Quiet} quiet @param {string} at */
export function isQuiet({ from, to, timezone }, at) {
  const now = clock(timezone).format(new Date(at));
  return from <= to ? from <= now && now < to : now >= from || now < to;
}

/** @param {string} timeZone  one that this browser does not know is taken for UTC */
function clock(timeZone) {
  /** @type {Intl.DateTimeFormatOptions} */
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...form, timeZone });
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...form, timeZone: "UTC" });
  }
}
