/** @import {Context} from "./message.js" */
/** @import {Message} from "./wire.js" */

import { showPerson } from "./avatar.js";
import { fullTime, moment } from "./time.js";

const FACES = 5;

/**
 * What the line under the root of a thread says; null for a message without replies. Pure.
 * @param {Message} message
 * @param {Context} context
 */
export function under({ id, replies }, { threads, replying, aside, nameOf }) {
  if (aside || (!replies && !replying.has(id))) return null;
  const { count = 0, at = "", users = [] } = replies ?? {};
  const faces = users.slice(0, FACES).map((user) => ({ user, name: nameOf(user) }));
  return { count, at, faces, fresh: threads.isUnread(id), waiting: replying.has(id) };
}

/** Draw it. @param {HTMLElement} place @param {ReturnType<typeof under>} line */
export function showReplies(place, line) {
  place.hidden = !line;
  if (!line) return;
  const { count, at, faces, fresh, waiting } = line;
  place.classList.toggle("fresh", fresh);
  const [pictures, many, last] = place.children;
  pictures?.replaceChildren(...faces.map(({ user, name }) => face(user, name)));
  const words = [count && `${count} ${count === 1 ? "reply" : "replies"}`, fresh && "new", waiting && "one not sent yet"];
  if (many) many.textContent = words.filter(Boolean).join(" · ");
  if (!(last instanceof HTMLElement)) return;
  last.textContent = at && `last ${moment(Date.parse(at), Date.now())}`;
  last.title = at && fullTime(at);
}

/** @param {number} user @param {string} name */
function face(user, name) {
  const place = document.createElement("span");
  place.append(Object.assign(document.createElement("span"), { className: "avatar small", title: name }));
  showPerson(place, user, name);
  return place;
}
