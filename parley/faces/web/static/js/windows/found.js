/** @import {Chat} from "../chat.js" */
/** @import {Message} from "../wire.js" */

import { showPerson } from "../avatar.js";
import { showSanitized } from "../sanitized.js";
import { fullTime, moment } from "../time.js";

/** Whoever has just come to such a list goes on with its first line. @param {HTMLElement} dialog */
export function begin(dialog) {
  const fresh = document.activeElement?.matches("h2") && dialog.contains(document.activeElement);
  if (fresh) /** @type {HTMLElement|null} */ (dialog.querySelector("li a"))?.focus();
}

/**
 * A message in a list of messages from here and there, as a link to it.
 * @param {HTMLTemplateElement} template
 * @param {Message} message
 * @param {{chat: Chat, href: string, note: string}} about  `note`: what is said of it, beside when it was written
 */
export function found(template, message, { chat, href, note }) {
  const line = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  const link = /** @type {HTMLAnchorElement} */ (line.querySelector("a"));
  link.href = href;
  showPerson(line, message.author ?? 0, chat.nameOf(message.author));
  const time = /** @type {HTMLTimeElement} */ (line.querySelector("time"));
  time.dateTime = message.created_at;
  time.title = fullTime(message.created_at);
  time.textContent = moment(Date.parse(message.created_at), Date.now());
  const [text, said] = /** @type {NodeListOf<HTMLElement>} */ (line.querySelectorAll(".text, .note"));
  if (text) showSanitized(text, message.deleted_at ? "<p><em>deleted</em></p>" : message.html);
  for (const inner of text?.querySelectorAll("a") ?? []) inner.replaceWith(...inner.childNodes); // a link holds no other
  if (said) said.textContent = note;
  return line;
}
