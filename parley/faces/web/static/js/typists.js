const MOMENT = 5_000;

/** Who is writing just now, and where. */
export class Typists {
  /** @type {Map<string, {room: number, user: number, timer: number}>} */
  #typing = new Map();

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }
  #changed;

  /** @param {number} room @param {number} user */
  typing(room, user) {
    const name = `${room} ${user}`;
    clearTimeout(this.#typing.get(name)?.timer);
    this.#typing.set(name, { room, user, timer: setTimeout(() => this.stopped(room, user), MOMENT) });
    this.#changed();
  }

  /** @param {number} room @param {number} user */
  stopped(room, user) {
    const name = `${room} ${user}`;
    clearTimeout(this.#typing.get(name)?.timer);
    if (this.#typing.delete(name)) this.#changed();
  }

  /** @param {number} room @param {(id: number) => string} nameOf */
  sentence(room, nameOf) {
    const here = [...this.#typing.values()].filter((each) => each.room === room);
    const names = here.map(({ user }) => nameOf(user)).filter(Boolean);
    if (names.length === 0) return "";
    if (names.length > 3) return "Several people are typing…";
    const last = names.pop();
    return names.length ? `${names.join(", ")} and ${last} are typing…` : `${last} is typing…`;
  }
}
