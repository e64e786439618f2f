/** @import {Screen} from "../screen.js" */
/** @import {User} from "../wire.js" */

import { ago } from "./ago.js";
import { conversationWith } from "./direct.js";
import { place } from "./beside.js";
import { reason } from "./form.js";
import { showPerson } from "../avatar.js";
import { spelled } from "./mentioning.js";
import { users } from "../api.js";

/** Who somebody is, beside whatever shows them. */
export default class PersonCard {
  #id = 0;
  /** @type {User|null} */
  #user = null;

  /** @param {HTMLElement} card @param {Screen} screen */
  constructor(card, screen) {
    this.#card = card;
    this.#screen = screen;
    this.#alert = /** @type {HTMLElement} */ (card.querySelector("[role=alert]"));
    this.#part("message").addEventListener("click", () => void this.#message());
    this.#part("mention").addEventListener("click", () => {
      card.hidePopover();
      screen.windows.close();
      const user = screen.chat.people.user(this.#id);
      if (user) screen.insert(`${spelled(user.nickname)} `);
    });
  }
  #card;
  #screen;
  #alert;

  /** @param {number|string} id @param {HTMLElement|null} [beside] */
  show(id, beside) {
    this.#id = Number(id);
    this.#user = null;
    this.#alert.hidden = true;
    this.#beside = beside ?? null;
    void this.#ask(this.#id);
  }
  /** @type {HTMLElement|null} */
  #beside = null;

  /** It is open. */
  begin() {
    if (this.#beside) place(this.#card, this.#beside.getBoundingClientRect(), "left");
    const first = ["message", "edit"].map((name) => this.#part(name)).find(({ hidden }) => !hidden);
    (first ?? this.#card).focus();
  }

  draw() {
    const { chat } = this.#screen;
    const online = chat.people.isOnline(this.#id) || Boolean(this.#user?.online && chat.people.crowded);
    showPerson(this.#card, this.#id, chat.nameOf(this.#id));
    /** @type {HTMLElement} */ (this.#card.querySelector(".dot")).hidden = !online;
    this.#part("presence").textContent = online ? "Online" : this.#away();
    this.#about();
  }

  /** What they say of themselves. */
  #about() {
    const { people, me } = this.#screen.chat;
    const user = people.user(this.#id);
    const status = people.status(this.#id);
    const other = this.#id !== me.id && !user?.removed;
    this.#tell("nickname", user?.name ? `@${user.nickname}` : "");
    this.#tell("status", status ? `${status.emoji} ${status.text ?? ""}` : "");
    this.#tell("clock", user?.timezone ? `${clock(user.timezone)} there` : "");
    this.#part("message").hidden = !other;
    this.#part("mention").hidden = !other || this.#screen.room.archived;
    this.#part("edit").hidden = this.#id !== me.id;
    if (user?.removed) this.#part("presence").textContent = "This account is gone.";
  }

  /** @param {string} name @param {string} text */
  #tell(name, text) {
    this.#part(name).textContent = text;
    this.#part(name).hidden = !text;
  }

  #away() {
    if (!this.#user) return "";
    const { seen_at: seen } = this.#user;
    return seen ? `Last seen ${ago(seen)}` : "Offline";
  }

  /** @param {number} id */
  async #ask(id) {
    const [user] = await users([id]).catch(() => []);
    if (!user || id !== this.#id) return;
    this.#screen.chat.people.learn([user]);
    this.#user = user;
    this.draw();
  }

  async #message() {
    try {
      const room = await conversationWith(this.#screen, [this.#id]);
      this.#card.hidePopover();
      this.#screen.windows.close();
      this.#screen.whereabouts.enter(room);
    } catch (error) {
      this.#alert.textContent = reason(error);
      this.#alert.hidden = false;
    }
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#card.querySelector(`[data-part=${name}]`));
  }
}

/** What time it is in a time zone. @param {string} zone */
function clock(zone) {
  return new Intl.DateTimeFormat(undefined, { timeZone: zone, weekday: "short", hour: "numeric", minute: "2-digit" }).format();
}
