/** @import {Subject} from "./room.js" */

import { Problem, request } from "../api.js";
import { mayChooseHistory, mayRename, maySetTopic } from "./may.js";
import { say, submit } from "./form.js";

/** The name, the topic and the history of a room, for those who may change them. */
export class RoomSettings {
  /** @type {Subject|null} */
  #subject = null;
  #filled = false;

  /** @param {HTMLElement} place @param {() => void} changed */
  constructor(place, changed) {
    this.#place = /** @type {HTMLDetailsElement} */ (place);
    this.#changed = changed;
    this.#form = /** @type {HTMLFormElement} */ (place.querySelector("form"));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
    place.addEventListener("toggle", () => {
      if (!this.#place.open) this.#filled = false;
      this.#fill();
    });
  }
  #place;
  #changed;
  #form;

  /** Another room, or the same one later. */
  begin() {
    this.#place.open = false;
    this.#filled = false;
    this.#subject = null;
    this.#form.reset();
    say(this.#form, "", "");
  }

  /** @param {Subject} subject */
  draw(subject) {
    const { standing, details } = subject;
    this.#subject = subject;
    this.#place.hidden = !maySetTopic(standing);
    this.#part("name").hidden = !mayRename(standing);
    this.#part("history").hidden = !mayChooseHistory(standing) || !details;
    this.#fill();
  }

  /** With what is, once: not over what somebody is typing. */
  #fill() {
    const { room, details } = this.#subject ?? {};
    if (this.#filled || !room || !details) return;
    this.#filled = true;
    this.#field("name").value = room.name;
    this.#field("topic").value = room.topic;
    this.#field("history").value = details.history;
  }

  async #save() {
    const { room, details, standing } = this.#subject ?? {};
    if (!room || !details || !standing) return;
    /** @type {Record<string, string>} */
    const change = {};
    const [name, topic, history] = ["name", "topic", "history"].map((each) => this.#field(each).value.trim());
    if (mayRename(standing) && name !== room.name) change["name"] = name ?? "";
    if (topic !== room.topic) change["topic"] = topic ?? "";
    if (mayChooseHistory(standing) && history && history !== details.history) change["history"] = history;
    await submit(
      this.#form,
      async () => {
        if (Object.keys(change).length) await request("PATCH", `/api/rooms/${room.id}`, change);
        this.#place.open = false;
        this.#place.querySelector("summary")?.focus();
        this.#changed();
      },
      (error) => (error instanceof Problem && ["taken", "unfit_room_name"].includes(error.code) ? "name" : ""),
    );
  }

  /** @param {string} name */
  #field(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#place.querySelector(`[data-part=${name}]`));
  }
}
