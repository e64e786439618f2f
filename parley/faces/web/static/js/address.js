/**
 * Which room is shown, as the address says it: `/rooms/3`; `/` is the general one, and `/rooms`, on a phone, the list.
 * `/rooms/3/messages/7` is a message of it, `/rooms/3/threads/7` the thread under one. Links to these are followed without loading the page anew; going back goes back.
 */
export class Address {
  /**
   * @param {number} general
   * @param {(room: number, message: number, anew: boolean) => void} changed  `anew`: somebody has just gone there; no room: it stays
   */
  constructor(general, changed) {
    this.#general = general;
    this.#changed = changed;
    addEventListener("popstate", () => this.follow(true));
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[data-room]") : null;
      const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && event.button === 0;
      if (!(link instanceof HTMLAnchorElement) || !plain) return;
      event.preventDefault();
      this.go(link.pathname + link.search);
    });
    this.#screen();
  }
  #general;
  #changed;

  /** Go to a room, or to what is in it or beside it. @param {string} path */
  go(path) {
    if (path !== location.pathname + location.search) history.pushState(null, "", path);
    this.follow(true);
  }

  /** The room is shown already. @param {string} path */
  replace(path) {
    history.replaceState(null, "", path);
  }

  /** The room of this address is not there: it is that of the general one now. */
  lose() {
    if (location.pathname === "/") return; // that one itself: the account is gone
    history.replaceState(null, "", "/");
    this.follow();
  }

  /** Show what the address says. @param {boolean} [anew] */
  follow(anew = false) {
    this.#screen();
    const room = numberOf(location.pathname);
    if (room) this.#changed(room, messageOf(location.pathname), anew);
    else if (location.pathname === "/") this.#changed(this.#general, 0, anew);
    else if (location.pathname === "/search") this.#changed(0, 0, anew);
  }

  #screen() {
    document.body.classList.toggle("listing", location.pathname === "/rooms");
  }
}

/** The room that a path names; 0 for none. @param {string} path */
export function numberOf(path) {
  return Number(/^\/rooms\/(\d+)/.exec(path)?.[1] ?? 0);
}

/** The message that a path names; 0 for none. @param {string} path */
export function messageOf(path) {
  return Number(/^\/rooms\/\d+\/messages\/(\d+)$/.exec(path)?.[1] ?? 0);
}

/** @param {number} room @param {number} [message] */
export function pathOf(room, message) {
  return message ? `/rooms/${room}/messages/${message}` : `/rooms/${room}`;
}

/** The thread that a path names; 0 for none. @param {string} path */
export function threadOf(path) {
  return Number(/^\/rooms\/\d+\/threads\/(\d+)$/.exec(path)?.[1] ?? 0);
}

/** @param {number} room @param {number} root */
export function pathOfThread(room, root) {
  return `/rooms/${room}/threads/${root}`;
}
