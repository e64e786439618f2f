/** @import {Screen} from "../screen.js" */

import { request } from "../api.js";
import { submit } from "./form.js";

/** Offers the public room to whose address somebody went who is not in it. */
export default class Join {
  #room = 0;

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await submit(form, async () => {
        await request("PUT", `/api/rooms/${this.#room}/members/${screen.chat.me.id}`);
        dialog.close();
        screen.whereabouts.enter(this.#room);
      });
    });
  }
  #dialog;

  /** It opens, if there is something to join. @param {number} id */
  async show(id) {
    const room = await request("GET", `/api/rooms/${id}`).catch(() => null);
    if (!room || room.role || room.archived) return false;
    this.#room = id;
    const many = `${room.members} ${room.members === 1 ? "member" : "members"}`;
    this.#say(".name", `“${room.name}”`);
    this.#say(".topic-text", room.topic);
    this.#say(".muted", `You are not in this public room yet. It has ${many}.`);
    return true;
  }

  /** @param {string} where @param {string} text */
  #say(where, text) {
    /** @type {HTMLElement} */ (this.#dialog.querySelector(where)).textContent = text;
  }
}
