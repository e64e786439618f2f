/**
 * Which room is shown, as the address says it: `/rooms/3`; `/` is the general one, and `/rooms`, on a phone, the list.
 * Links to rooms are followed without loading the page anew; going back goes back.
 */
export class Address {
  /** @param {number} general @param {(room: number) => void} changed */
  constructor(general, changed) {
    this.#general = general;
    this.#changed = changed;
    addEventListener("popstate", () => this.follow());
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest("a[data-room]") : null;
      const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey && event.button === 0;
      if (!(link instanceof HTMLAnchorElement) || !plain) return;
      event.preventDefault();
      this.#go(link.pathname);
    });
    this.#screen();
  }
  #general;
  #changed;

  /** Go to a room, or to what stands beside it. @param {string} path */
  go(path) {
    this.#go(path);
  }

  /** The room of this address is not there: it is that of the general one now. */
  lose() {
    if (location.pathname === "/") return; // that one itself: the account is gone
    history.replaceState(null, "", "/");
    this.follow();
  }

  /** @param {string} path */
  #go(path) {
    if (path !== location.pathname) history.pushState(null, "", path);
    this.follow();
  }

  /** Show what the address says. */
  follow() {
    this.#screen();
    const room = numberOf(location.pathname);
    if (room) this.#changed(room);
    else if (location.pathname === "/") this.#changed(this.#general);
  }

  #screen() {
    document.body.classList.toggle("listing", location.pathname === "/rooms");
  }
}

/** The room that a path names; 0 for none. @param {string} path */
export function numberOf(path) {
  return Number(/^\/rooms\/(\d+)/.exec(path)?.[1] ?? 0);
}

/** @param {number} room */
export function pathOf(room) {
  return `/rooms/${room}`;
}
