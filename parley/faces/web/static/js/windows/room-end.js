/** @import {Screen} from "../screen.js" */
/** @import {Subject} from "./room.js" */

import { mayArchive, mayLeave } from "./may.js";
import { reason } from "./form.js";
import { request } from "../api.js";

/** Leaving a room, archiving it and opening it again, each after a question. */
export class RoomEnd {
  /** @type {Subject|null} */
  #subject = null;
  #asked = "";

  /** @param {HTMLElement} place @param {Screen} screen */
  constructor(place, screen) {
    this.#place = place;
    this.#screen = screen;
    place.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest("[data-do]");
      if (button instanceof HTMLElement) this.#act(button.dataset["do"] ?? "");
    });
  }
  #place;
  #screen;

  /** Another room, or the same one later. */
  begin() {
    this.#subject = null;
    this.#ask("");
    this.#say("");
  }

  /** @param {Subject} subject */
  draw(subject) {
    const { standing, room } = subject;
    this.#subject = subject;
    this.#button("leave").hidden = !mayLeave(standing);
    this.#button("archive").hidden = !mayArchive(standing) || room.archived;
    this.#button("unarchive").hidden = !mayArchive(standing) || !room.archived;
    this.#place.hidden = !mayLeave(standing) && !mayArchive(standing);
  }

  /** @param {string} action */
  #act(action) {
    if (action === "yes") void this.#do(this.#asked);
    else if (action === "no") {
      const asked = this.#asked;
      this.#ask("");
      this.#button(asked).focus();
    } else if (action === "unarchive") void this.#do(action);
    else this.#ask(action);
  }

  /** @param {string} action  empty: nothing is asked */
  #ask(action) {
    this.#asked = action;
    const { kind = "", name = "" } = this.#subject?.room ?? {};
    const closed = kind === "private" ? " It is private: you come back only when somebody invites you." : "";
    const question = { leave: `Leave “${name}”?${closed}`, archive: `Archive “${name}”? Everybody in it can read it, and nobody can write in it.` };
    this.#part("choices").hidden = action !== "";
    this.#part("question").hidden = action === "";
    const words = /** @type {HTMLElement} */ (this.#place.querySelector("#room-question"));
    words.textContent = action ? question[/** @type {keyof typeof question} */ (action)] : "";
    if (!action) return;
    this.#button("yes").textContent = action === "leave" ? "Leave" : "Archive";
    this.#button("no").textContent = action === "leave" ? "Stay" : "Keep open";
    this.#button("yes").focus();
  }

  /** @param {string} action */
  async #do(action) {
    const { room } = this.#subject ?? {};
    if (!room) return;
    this.#say("");
    try {
      if (action === "leave") {
        this.#screen.whereabouts.leaving(room.id);
        await request("DELETE", `/api/rooms/${room.id}/members/${this.#screen.chat.me.id}`);
      } else await request("PATCH", `/api/rooms/${room.id}`, { archived: action === "archive" });
    } catch (error) {
      this.#screen.whereabouts.leaving(0);
      this.#say(reason(error));
    }
    this.#ask("");
  }

  /** @param {string} sentence */
  #say(sentence) {
    const alert = /** @type {HTMLElement} */ (this.#place.querySelector("[role=alert]"));
    alert.textContent = sentence;
    alert.hidden = !sentence;
  }

  /** @param {string} action @returns {HTMLElement} */
  #button(action) {
    return /** @type {HTMLElement} */ (this.#place.querySelector(`[data-do=${action}]`));
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#place.querySelector(`[data-part=${name}]`));
  }
}
