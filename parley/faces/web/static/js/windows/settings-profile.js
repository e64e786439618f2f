/** @import {Screen} from "../screen.js" */
/** @import {UserStatus} from "../wire.js" */

import { Fields, formOf } from "./fields.js";
import { PictureChoice } from "./picture-choice.js";
import { request } from "../api.js";

const BLAME = {
  unfit_display_name: "name",
  unfit_nickname: "nickname",
  taken: "nickname",
  not_an_emoji: "emoji",
  too_long: "emoji",
  invalid_text: "emoji",
  unknown_timezone: "timezone",
};
const MINUTE = 60_000;

/** What others see of somebody. */
export default class ProfileSection {
  /** @param {HTMLElement} place @param {Screen} screen */
  constructor(place, screen) {
    this.#place = place;
    this.#screen = screen;
    this.#picture = new PictureChoice(place, screen);
    this.#fields = new Fields(formOf(place), BLAME);
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const zones = new Set(["", here, ...Intl.supportedValuesOf("timeZone")]);
    this.#fields.field("timezone").append(...[...zones].map((zone) => new Option(labelOf(zone, here), zone)));
    this.#fields.field("timezone").addEventListener("change", () => this.#clock());
    this.#fields.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
  }
  #place;
  #screen;
  #picture;
  #fields;

  /** It comes into view. */
  show() {
    const { me, people } = this.#screen.chat;
    const user = people.user(me.id);
    const status = people.status(me.id);
    const { name = "", nickname = "", timezone = "" } = user ?? {};
    this.#keep(status);
    this.#fields.fill({ name, nickname, timezone, emoji: status?.emoji ?? "", text: status?.text ?? "" });
    this.#fields.say("", "");
    this.#fields.done("");
    this.#clock();
  }

  draw() {
    this.#picture.draw();
  }

  /** A status that ends may go on as it is. @param {UserStatus|undefined} status */
  #keep(status) {
    const option = /** @type {HTMLOptionElement} */ (this.#place.querySelector("[value=kept]"));
    option.hidden = !status?.until;
    const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
    option.textContent = status?.until ? `until ${format.format(new Date(status.until))}` : "";
    this.#until = status?.until ?? "";
    this.#fields.fill({ until: status?.until ? "kept" : "" });
  }
  #until = "";

  async #save() {
    const { me, people } = this.#screen.chat;
    const value = (/** @type {string} */ name) => this.#fields.value(name).trim();
    const saved = await this.#fields.send(async () => {
      const user = await request("PUT", `/api/users/${me.id}`, {
        ...{ name: value("name"), nickname: value("nickname"), timezone: value("timezone"), status: this.#status() },
      });
      people.introduce(user);
    });
    if (saved) {
      this.show();
      this.#fields.done("Saved.");
    }
  }

  #status() {
    const [emoji = "", text = "", until = ""] = ["emoji", "text", "until"].map((name) => this.#fields.value(name).trim());
    if (!emoji && !text) return null;
    const end = until === "kept" ? this.#until : endOf(until, new Date());
    return end ? { emoji, text, until: end } : { emoji, text };
  }

  #clock() {
    const zone = this.#fields.value("timezone");
    const format = zone && new Intl.DateTimeFormat(undefined, { timeZone: zone, timeStyle: "short" });
    const clock = /** @type {HTMLElement} */ (this.#place.querySelector("[data-part=clock]"));
    clock.textContent = format ? `– there it is ${format.format()}` : "– others see what time it is where you are";
  }
}

/** When a status ends; empty for never. Pure. @param {string} choice @param {Date} now */
export function endOf(choice, now) {
  if (!choice) return "";
  const end = new Date(now);
  if (choice === "today" || choice === "week") {
    end.setHours(24, 0, 0, 0);
    if (choice === "week") end.setDate(end.getDate() + ((8 - end.getDay()) % 7));
  } else {
    end.setTime(now.getTime() + Number(choice) * MINUTE);
  }
  return end.toISOString();
}

/** @param {string} zone @param {string} here */
function labelOf(zone, here) {
  const name = zone.replaceAll("_", " ");
  if (!zone) return "not shown";
  return zone === here ? `${name} (this device)` : name;
}
