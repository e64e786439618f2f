/** @import {Screen} from "../screen.js" */

import { numberOf } from "../address.js";
import { request } from "../api.js";
import { submit } from "./form.js";

/** Offers the public room to whose address, or to a message in it, somebody went who is not there. */
export default class Join {
  #path = "";

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await submit(form, async () => {
        await request("PUT", `/api/rooms/${numberOf(this.#path)}/members/${screen.chat.me.id}`);
        dialog.close();
        screen.whereabouts.enter(this.#path);
      });
    });
  }
  #dialog;
  #screen;

  /** It opens, if there is something to join; else it says so. @param {string} path */
  async show(path) {
    const id = numberOf(path);
    const room = await request("GET", `/api/rooms/${id}`).catch(() => null);
    if (!room || room.role || room.archived) {
      this.#screen.notice(this.#screen.whereabouts.lost(id));
      return false;
    }
    this.#path = path;
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
