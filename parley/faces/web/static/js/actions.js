/** @import {Message} from "./wire.js" */

/**
 * @typedef {{me: number, kept: boolean, pins: boolean, aside: boolean}} Who  Who looks at a message; `kept`: they keep order in
 *   its room, `pins`: they pin there, `aside`: they look at its thread already.
 *
 * @typedef {object} Action  Something that can be done with a message.
 * @property {string} name  what message-actions.js does under this name
 * @property {string} label
 * @property {string} [done]  the label when it is done already
 * @property {string} icon  one of templates/icons.html
 * @property {string} key  pressed on the message that has the focus, as `KeyboardEvent.key` says it, in lower case
 * @property {boolean} [direct]  has a button of its own beside the message; there is room for four
 * @property {boolean} [danger]
 * @property {(message: Message, who: Who) => boolean} offered
 */

const toAll = () => true;
const toAuthor = (/** @type {Message} */ { author }, /** @type {Who} */ { me }) => author === me;
const toOthers = (/** @type {Message} */ message, /** @type {Who} */ who) => !toAuthor(message, who);
const toKeeper = (/** @type {Message} */ message, /** @type {Who} */ who) => who.kept || toAuthor(message, who);

/**
 * All that can be done with what somebody wrote, in the order in which it is shown. Buttons, menu, keys and the list of
 * keys are made from this.
 * @type {Action[]}
 */
export const ACTIONS = [
  { name: "pick", label: "React", icon: "react", key: "r", direct: true, offered: toAll },
  { name: "thread", label: "Reply in thread", icon: "reply", key: "t", direct: true, offered: (_, { aside }) => !aside },
  { name: "quote", label: "Quote", icon: "quote", key: "q", direct: true, offered: toAll },
  { name: "pin", label: "Pin", done: "Unpin", icon: "pin", key: "p", offered: (_, { pins }) => pins },
  { name: "unread", label: "Mark as unread", icon: "unread", key: "u", offered: toAll },
  { name: "why", label: "Why was I notified, or not?", icon: "bell", key: "y", offered: toOthers },
  { name: "edit", label: "Edit", icon: "edit", key: "e", direct: true, offered: toAuthor },
  { name: "copy", label: "Copy link", icon: "link", key: "c", offered: toAll },
  { name: "delete", label: "Delete", icon: "delete", key: "delete", danger: true, offered: toKeeper },
];

/** The key that opens the menu of all of them. */
export const MENU_KEY = "m";

/** What this person may do with a message that is stored. @param {Message} message @param {Who} who */
export function offered(message, who) {
  if (message.kind !== "text") return [];
  const named = (/** @type {Action} */ action) => (action.done && message.pinned ? { ...action, label: action.done } : action);
  return ACTIONS.filter((action) => action.offered(message, who)).map(named);
}
