/** @import {Conversation} from "./conversation.js" */
/** @import {Memory} from "./memory.js" */
/** @import {People} from "./people.js" */
/** @import {About} from "./recall.js" */
/** @import {Kept, Room} from "./room.js" */

const ROOMS = 100; // those in which something happened last
const MESSAGES = 50; // of each: the newest
const PAUSE = 2_000;
const PATIENCE = 500;

/**
 * Keeps what is known of the rooms for the next page of this person: soon after it has changed, at once when a room may
 * no longer be theirs. Only what the server says is kept: without a connection nothing is written.
 */
export class Keeper {
  /** What was written of each room: its state, in short, and whom it names. @type {Map<number, {state: string, people: number[]}>} */
  #written = new Map();
  #timer = 0;
  #ended = false;

  /** @param {Memory} memory @param {Pick<About, "me"|"general">} whose @param {{conversation: Conversation, people: People, asOf: number}} chat */
  constructor(memory, whose, chat) {
    this.#memory = memory;
    this.#whose = whose;
    this.#chat = chat;
    addEventListener("pagehide", () => this.#timer && this.#keep());
  }
  #memory;
  #whose;
  #chat;
  /** The server has said something. @param {boolean} urgent  perhaps that a room is to be forgotten */
  heard(urgent) {
    if (this.#ended) return;
    if (urgent) this.#keep();
    else this.#timer ||= setTimeout(() => this.#keep(), PAUSE);
  }

  /** Forget everything, and keep nothing more. */
  async end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#timer = 0;
    // Signing out clears the storage of the site as well, and a database that is being taken away need not answer.
    await Promise.race([this.#memory.clear(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const { asOf, conversation, people } = this.#chat;
    const kept = newest(conversation.rooms.values());
    const rooms = [];
    for (const room of kept) {
      const state = short(room);
      if (this.#written.get(room.id)?.state === state) continue;
      const what = room.keep(MESSAGES);
      if (!what) continue;
      this.#written.set(room.id, { state, people: named(what) });
      rooms.push(what);
    }
    const ids = kept.map(({ id }) => id);
    const users = people.remembered(new Set(ids.flatMap((id) => this.#written.get(id)?.people ?? [])));
    void this.#memory.keep({ about: { ...this.#whose, epoch: conversation.epoch, at: asOf, people: users }, rooms, ids });
  }
}

/** @param {Iterable<Room>} rooms */
function newest(rooms) {
  const begun = [...rooms].filter(({ timeline }) => timeline.cursor !== null);
  return begun.sort((a, b) => b.latest.localeCompare(a.latest)).slice(0, ROOMS);
}

/** Differs whenever there is something else to keep. @param {Room} room */
function short({ timeline: { cursor, generation }, read, name, topic, archived, role }) {
  return JSON.stringify([cursor, generation, read, name, topic, archived, role]);
}

/** Whoever has to have a name where this is shown. @param {Kept} room */
function named({ shape, messages }) {
  return [...(shape.people ?? []), ...messages.flatMap(({ author }) => (author === null ? [] : [author]))];
}
