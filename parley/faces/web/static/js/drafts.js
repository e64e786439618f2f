/** What is being written, by room or thread (`3.7`): survives a reload in its tab, and the last of it the browser. */
export class Drafts {
  #kept = "";

  /** @param {number} user */
  constructor(user) {
    this.prefix = `parley.draft.${user}.`;
  }

  /** @param {number|string} room */
  load(room) {
    try {
      const name = this.prefix + room;
      return (this.#kept = sessionStorage.getItem(name) ?? localStorage.getItem(name) ?? "");
    } catch {
      return "";
    }
  }

  /** Keep the draft of the room that was loaded last. @param {number|string} room @param {string} text */
  keep(room, text) {
    if (text === this.#kept) return;
    const name = this.prefix + room;
    try {
      sessionStorage.setItem(name, text); // what this tab shows after a reload
      if (text) localStorage.setItem(name, text);
      else if (localStorage.getItem(name) === this.#kept) localStorage.removeItem(name); // not another tab's
      this.#kept = text;
    } catch {
      // Storage is full or forbidden: the draft lives as long as the page.
    }
  }

  /** Forget the drafts of a room and its threads. @param {number} room */
  remove(room) {
    this.#remove((name) => name === this.prefix + room || name.startsWith(`${this.prefix}${room}.`));
  }

  /** Forget all of this person's. */
  clear() {
    this.#remove((name) => name.startsWith(this.prefix));
  }

  /** @param {(name: string) => boolean} which */
  #remove(which) {
    try {
      for (const storage of [sessionStorage, localStorage]) {
        for (const name of Object.keys(storage).filter(which)) storage.removeItem(name);
      }
    } catch {
      // Storage is forbidden: there is nothing in it.
    }
  }
}
