/** @import {Entry} from "./outbox.js" */

/** The outbox's shelf: one item of localStorage an entry, so that tabs never overwrite each other's. */
export class Shelf {
  /** @param {number} user */
  constructor(user) {
    this.prefix = `parley.outbox.${user}.`;
  }

  /** What earlier pages of this person left behind. @returns {Entry[]} */
  load() {
    try {
      return Object.keys(localStorage)
        .filter((name) => name.startsWith(this.prefix))
        .map((name) => this.#read(localStorage.getItem(name)))
        .filter((entry) => entry !== null);
    } catch {
      return []; // storage is forbidden here: the outbox lives as long as the page
    }
  }

  /** @param {Entry} entry */
  put(entry) {
    try {
      localStorage.setItem(this.prefix + entry.command.key, JSON.stringify(entry));
    } catch {
      // Full or forbidden: the entry is still in memory, and sent from there.
    }
  }

  /** @param {string} key */
  remove(key) {
    try {
      localStorage.removeItem(this.prefix + key);
    } catch {
      // As above.
    }
  }

  /**
   * Hear of what other tabs put and remove.
   * @param {(key: string, entry: Entry|null) => void} heard
   */
  watch(heard) {
    addEventListener("storage", ({ key, newValue }) => {
      if (key?.startsWith(this.prefix)) heard(key.slice(this.prefix.length), this.#read(newValue));
    });
  }

  /** @param {string|null} text @returns {Entry|null} */
  #read(text) {
    try {
      const entry = JSON.parse(text ?? "null");
      return typeof entry?.command?.key === "string" ? entry : null;
    } catch {
      return null;
    }
  }
}

/** This tab's name: survives a reload, so that its own entries are sent at once. */
export function tabName() {
  try {
    const known = sessionStorage.getItem("parley.tab") ?? randomKey();
    sessionStorage.setItem("parley.tab", known);
    return known;
  } catch {
    return randomKey();
  }
}

/** A key nobody else has chosen. `crypto.randomUUID` is missing over plain http on a local network. */
export function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
