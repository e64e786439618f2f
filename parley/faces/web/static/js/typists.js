const MOMENT = 5_000;

/** Who is writing just now. */
export class Typists {
  /** @type {Map<number, number>} */
  #timers = new Map();

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }
  #changed;

  /** @param {number} user */
  typing(user) {
    clearTimeout(this.#timers.get(user));
    this.#timers.set(user, setTimeout(() => this.stopped(user), MOMENT));
    this.#changed();
  }

  /** @param {number} user */
  stopped(user) {
    clearTimeout(this.#timers.get(user));
    if (this.#timers.delete(user)) this.#changed();
  }

  /** @param {(id: number) => string} nameOf */
  sentence(nameOf) {
    const names = [...this.#timers.keys()].map(nameOf).filter(Boolean);
    if (names.length === 0) return "";
    if (names.length > 3) return "Several people are typing…";
    const last = names.pop();
    return names.length ? `${names.join(", ")} and ${last} are typing…` : `${last} is typing…`;
  }
}
