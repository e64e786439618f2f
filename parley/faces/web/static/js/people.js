/** @import {User, Welcome} from "./wire.js" */

import { online, users as lookUp } from "./api.js";
import { learnPicture } from "./avatar.js";
import { compareNames } from "./collation.js";

export const CROWD = 100; // up to so many people online, the server tells everybody of all
const BATCH = 100;
const SHORT = 50; // among many, a list that has become shorter than this is filled up
const SHARE = 0.1; // of the pages at each heartbeat: not all at once
const SPREAD = 10_000; // milliseconds, for the same reason

/** Who is who and who is here: names by user id, looked up when they are not known, and presence. */
export class People {
  /** @type {Map<number, User>} */
  #users = new Map();
  /** @type {Set<number>} */
  #online = new Set();
  /** @type {Set<number>} */
  #wanted = new Set();
  /** Told of before this page was away: they may have another name by now. @type {Set<number>} */
  #doubted = new Set();
  #me = 0;
  #total = 0;
  #timer = 0;

  /** @param {() => void} changed  called when a name or the list of those online is new */
  constructor(changed) {
    this.#changed = changed;
  }
  #changed;

  /** How many are online, listed or not. */
  get total() {
    return this.#total;
  }

  /** Whether somebody is known to be online. @param {number} id */
  isOnline(id) {
    return this.#online.has(id);
  }

  /** Whether so many are online that not all are known to be. */
  get crowded() {
    return this.#total > CROWD;
  }

  /** Everybody whose name is known. */
  get known() {
    return [...this.#users.values()].map((user) => ({ id: user.id, name: calledBy(user) }));
  }

  /** Those known to be online, by name. */
  online() {
    return [...this.#online]
      .map((id) => ({ id, name: this.name(id), mood: this.status(id)?.emoji ?? "", face: this.#users.get(id)?.picture }))
      .filter(({ name }) => name)
      .sort((a, b) => compareNames(a.name, b.name));
  }

  /** @param {Welcome} welcome */
  welcome({ user, users, online }) {
    const named = new Set([user, ...users].map(({ id }) => id));
    const others = [...this.#users.keys()].filter((id) => !named.has(id));
    if (others.length) setTimeout(() => this.#doubt(others), Math.random() * SPREAD);
    this.learn([user, ...users]);
    this.#me = user.id;
    this.#online = new Set(users.filter((each) => each.online || each.id === user.id).map((each) => each.id));
    this.#online.add(user.id);
    this.#total = Math.max(online, this.#online.size);
    this.#changed();
  }

  /**
   * @param {number} user
   * @param {boolean} online
   */
  presence(user, online) {
    const counted = this.#total > this.#online.size; // perhaps: among many not all are listed
    if (!online) this.#total -= Number(this.#online.delete(user));
    else if (!this.#online.has(user)) {
      this.#online.add(user);
      if (!counted) this.#total += 1;
    }
    this.#changed();
  }

  /**
   * How many are online, says the heartbeat.
   * @param {number} total
   * @param {number} chance  0 to 1
   */
  count(total, chance = Math.random()) {
    const listed = this.#online.size;
    if (total > CROWD ? listed < SHORT && chance < SHARE : listed !== total) void this.#ask();
    this.#total = Math.max(total, listed);
    this.#changed();
  }

  /** Some of those who are online; among few these are all, whatever was missed. */
  async #ask() {
    const found = await online().catch(() => null);
    if (!found) return;
    this.learn(found);
    const kept = this.#total > CROWD ? this.#online : [this.#me];
    this.#online = new Set([...kept, ...found.map(({ id }) => id)]);
    this.#total = this.#total > CROWD ? this.#total : this.#online.size;
    this.#changed();
  }

  /** Of nobody else it is known any more whether they are online. @param {Iterable<number>} users */
  only(users) {
    const kept = new Set([...users, this.#me]);
    this.#online = new Set([...this.#online].filter((id) => kept.has(id)));
    this.#changed();
  }

  /** The others known to be online. */
  get listed() {
    return [...this.#online].filter((id) => id !== this.#me);
  }

  /** Those of these people whose names are known. @param {Iterable<number>} ids @returns {User[]} */
  remembered(ids) {
    return [...ids].flatMap((id) => {
      const user = this.#users.get(id);
      return user ? [{ ...user, online: false }] : [];
    });
  }

  /** @param {User[]} users */
  learn(users) {
    for (const user of users) {
      this.#users.set(user.id, user);
      learnPicture(user.id, user.picture);
    }
  }

  /** Somebody looks different now. @param {User} user */
  introduce(user) {
    this.learn([user]);
    this.#changed();
  }

  /** What is known of somebody. @param {number} id */
  user(id) {
    return this.#users.get(id);
  }

  /** What somebody is up to, unless that is over. @param {number} id */
  status(id) {
    const status = this.#users.get(id)?.status;
    return status?.until && Date.parse(status.until) <= Date.now() ? undefined : status;
  }

  /**
   * The name of a user as it is shown; empty until it is known, and then `changed` is called.
   * @param {number|null} id
   */
  name(id) {
    if (id === null) return "";
    const user = this.#users.get(id);
    if (!user || this.#doubted.delete(id)) this.#want(id);
    return calledBy(user);
  }

  /** Whoever of these is shown is looked up again. @param {number[]} ids */
  #doubt(ids) {
    this.#doubted = new Set(ids);
    this.#changed();
  }

  /**
   * Look a user up again, after a rename.
   * @param {number} id
   */
  refresh(id) {
    this.#want(id);
  }

  /** @param {number} id */
  #want(id) {
    this.#wanted.add(id);
    this.#timer ||= setTimeout(() => void this.#lookUp(), 30);
  }

  async #lookUp(wait = 1_000) {
    const ids = [...this.#wanted].slice(0, BATCH);
    try {
      this.learn(await lookUp(ids));
      for (const id of ids) {
        this.#wanted.delete(id);
        if (!this.#users.has(id)) this.learn([{ id, nickname: `#${id}`, created_at: "", online: false, seen_at: null }]);
      }
      this.#timer = 0;
      this.#changed();
      if (this.#wanted.size) this.#timer = setTimeout(() => void this.#lookUp(), 0);
    } catch {
      this.#timer = setTimeout(() => void this.#lookUp(Math.min(30_000, wait * 2)), wait);
    }
  }
}

/** What a user is called. @param {User} [user] */
function calledBy(user) {
  return user?.name ?? user?.nickname ?? "";
}
