/** @import {Unread} from "./unread.js" */

const MOST = 999;
const SIZES = [0, 14, 12, 10]; // of the figures on the icon, by how many there are

/** What is unread everywhere, on the tab: in the title and on the icon, which is red when somebody is called. */
export class Badge {
  #link = /** @type {HTMLLinkElement} */ (document.querySelector("link[rel=icon]"));
  #plain = this.#link.href;
  /** @type {string|null} */
  #drawing = null;
  #shown = "";

  /** @param {string} room  the name of the one that is shown @param {Unread} unread  in all rooms @param {Unread} mentions */
  show(room, unread, mentions) {
    const [count, calls] = [figure(unread), figure(mentions)];
    document.title = `${calls && `@${calls} `}${count && `(${count}) `}${room && `${room} – `}Parley`;
    const shown = calls ? `@${calls}` : count;
    if (shown !== this.#shown) void this.#icon((this.#shown = shown));
  }

  /** @param {string} shown */
  async #icon(shown) {
    this.#drawing ??= shown && (await fetch(this.#plain).then((answer) => answer.text(), () => ""));
    if (shown !== this.#shown) return; // it has changed meanwhile
    const count = shown.replace("@", "");
    const mark = `<circle cx="22" cy="10" r="10" fill="${count === shown ? "#4d5a56" : "#c9302c"}"/><text x="22" y="14.5" font-size="${SIZES[count.length] ?? 8}" \
font-family="sans-serif" font-weight="700" text-anchor="middle" fill="#fff">${count}</text></svg>`;
    const drawing = (this.#drawing ?? "").replace(/<\/svg>\s*$/, mark);
    this.#link.href = count && drawing ? `data:image/svg+xml,${encodeURIComponent(drawing)}` : this.#plain;
  }
}

/** How many are unread, in few characters; empty for none. @param {Unread} unread */
export function figure({ count, more }) {
  if (count > MOST) return `${MOST}+`;
  return count ? `${count}${more ? "+" : ""}` : "";
}

/** How many messages call this person; empty for none. @param {{count: number}} mentions */
export function calls({ count }) {
  return count ? `@${figure({ count, more: false })}` : "";
}
