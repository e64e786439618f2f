/** @import {Screen} from "../screen.js" */
/** @import {Room} from "../room.js" */
/** @import {Standing} from "./may.js" */

import { showSign, signOf } from "../rooms-list.js";
import { RoomEnd } from "./room-end.js";
import { RoomMembers } from "./room-members.js";
import { RoomNotify } from "./room-notify.js";
import { RoomSettings } from "./room-settings.js";
import { dateOf } from "./ago.js";
import { request } from "../api.js";

/**
 * @typedef {{id: number, history: string, created_at: string, members: number}} Details  What only the server knows of a room.
 *
 * @typedef {object} Subject  The room that a window shows.
 * @property {Room} room
 * @property {Standing} standing  how the reader stands to it
 * @property {Details|null} details  null until they are there
 */

const TELLING = ["joined", "left", "invited", "removed", "role", "history", "join"];

/** A room: what it is, who is in it, and what can be done about both. */
export default class RoomWindow {
  /** @type {Room|null} */
  #room = null;
  /** @type {Details|null} */
  #details = null;
  #told = 0;
  #inviting = false;

  /** @param {HTMLDialogElement} dialog @param {Screen} screen */
  constructor(dialog, screen) {
    this.#dialog = dialog;
    this.#screen = screen;
    this.#notify = new RoomNotify(this.#part("notify"));
    this.#settings = new RoomSettings(this.#part("settings"), () => void this.#ask());
    this.#members = new RoomMembers(this.#part("members"), screen, /** @type {HTMLTemplateElement} */ (dialog.querySelector("template")));
    this.#end = new RoomEnd(this.#part("end"), screen);
    dialog.addEventListener("close", () => this.#forget());
  }
  #dialog;
  #screen;
  #notify;
  #settings;
  #members;
  #end;

  /** It opens. @param {string|number} [about]  a room, else the open one is meant; `invite`: for somebody to be invited */
  show(about) {
    const { chat } = this.#screen;
    this.#room = chat.conversation.rooms.get(Number(about)) ?? chat.room;
    this.#inviting = about === "invite";
    this.#details = null;
    this.#told = this.#news;
    this.#members.begin();
    this.#end.begin();
    this.#settings.begin();
    void this.#ask();
  }

  /** It is open. */
  begin() {
    if (this.#inviting) this.#members.invite();
  }

  draw() {
    const { chat, general } = this.#screen;
    const room = this.#room;
    if (!room || !chat.conversation.rooms.has(room.id)) return this.#dialog.close();
    if (this.#told !== (this.#told = this.#news)) void this.#ask();
    const { kind, role, archived } = room;
    const subject = { room, details: this.#details, standing: { kind, role, archived, general: room.id === general } };
    showSign(/** @type {HTMLElement} */ (this.#dialog.querySelector("h2")), { ...signOf(room, chat), person: 0 });
    this.#part("topic").textContent = room.topic;
    this.#part("about").textContent = this.#about(room);
    this.#notify.draw(subject);
    this.#settings.draw(subject);
    this.#members.draw(subject);
    this.#end.draw(subject);
  }

  /** Nothing of a room stays behind, for its reader may have been removed. */
  #forget() {
    this.#room = null;
    this.#screen.chat.looking = [];
    /** @type {HTMLElement} */ (this.#dialog.querySelector("h2 .name")).textContent = "";
    for (const name of ["topic", "about"]) this.#part(name).textContent = "";
    this.#members.begin();
    this.#settings.begin();
    this.#end.begin();
  }

  /** @param {Room} room */
  #about({ kind, archived, id }) {
    const what = { public: "Public room", private: "Private room", direct: "Direct messages" }[kind] ?? "Room";
    const all = id === this.#screen.general ? "Everybody is in it." : "";
    const since = this.#details && !all ? `since ${dateOf(this.#details.created_at)}.` : "";
    return [`${what}${since ? "" : "."}`, since, all, archived ? "Archived: it can only be read." : ""].filter(Boolean).join(" ");
  }

  /** The newest entry of the log that says something of what is asked of the server. */
  get #news() {
    return this.#room?.timeline.list().findLast(({ kind }) => TELLING.includes(kind))?.seq ?? 0;
  }

  async #ask() {
    const room = this.#room;
    if (!room) return;
    const [details] = await Promise.all([request("GET", `/api/rooms/${room.id}`).catch(() => null), this.#members.load(room.id)]);
    if (room !== this.#room || !this.#dialog.open) return;
    this.#details = details ?? this.#details;
    this.draw();
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#dialog.querySelector(`[data-part=${name}]`));
  }
}
