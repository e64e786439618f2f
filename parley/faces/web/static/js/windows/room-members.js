/** @import {Screen} from "../screen.js" */
/** @import {Subject} from "./room.js" */

import { arrange } from "../arrange.js";
import { compareNames } from "../collation.js";
import { mayChangeRole, mayInvite, mayRemove } from "./may.js";
import { MemberLine } from "./member-line.js";
import { PeopleField } from "./people-field.js";
import { fold } from "./folding.js";
import { reason } from "./form.js";
import { request, users } from "../api.js";

const PAGE = 50; // shown at a time
const LOADED = 200; // asked for at a time
const PAGES = 10; // of these, for who looks for somebody
const MANY = 8; // members, from which on one may look for one
const NAMES = 100;

/** @typedef {{user: number, role: string}} Member */

/** Who is in a room, and for those who may: letting others in, removing them, saying who is what. */
export class RoomMembers {
  /** @type {Member[]} */
  #members = [];
  /** @type {Subject|null} */
  #subject = null;
  /** @type {Map<number, MemberLine>} */
  #lines = new Map();
  #shown = PAGE;
  #loads = 0;
  #pages = 1;
  #rest = false; // there are more than were asked for

  /** @param {HTMLElement} place @param {Screen} screen @param {HTMLTemplateElement} template  of a line */
  constructor(place, screen, template) {
    this.#place = place;
    this.#screen = screen;
    this.#template = template;
    this.#search = /** @type {HTMLInputElement} */ (place.querySelector("input[type=search]"));
    this.#list = /** @type {HTMLElement} */ (place.querySelector(".members"));
    this.#more = /** @type {HTMLElement} */ (place.querySelector("[data-part=more]"));
    this.#invite = /** @type {HTMLElement} */ (place.querySelector("[data-part=invite]"));
    this.#people = new PeopleField(this.#invite, screen.chat, {
      wanted: (id) => !this.#members.some(({ user }) => user === id),
      chosen: ({ id }) => {
        this.#people.clear();
        void this.#do("PUT", id);
      },
    });
    this.#search.addEventListener("input", () => {
      this.#shown = PAGE;
      this.#draw();
      void this.#further(PAGES);
    });
    this.#more.addEventListener("click", () => {
      this.#shown += PAGE;
      this.#draw();
      if (this.#shown >= this.#members.length) void this.#further(this.#pages + 1);
    });
  }
  #place;
  #screen;
  #template;
  #search;
  #list;
  #more;
  #invite;
  #people;

  /** Another room, or the same one later. */
  begin() {
    this.#members = [];
    this.#subject = null;
    this.#lines.clear();
    this.#list.replaceChildren();
    this.#search.value = "";
    this.#shown = PAGE;
    this.#pages = 1;
    this.#rest = false;
    this.#people.clear();
    this.#say("");
  }

  /** To the field in which one says whom. */
  invite() {
    this.#people.field.focus();
  }

  /** Ask who is there. @param {number} room */
  async load(room) {
    const load = (this.#loads += 1);
    let rest = false;
    /** @type {Member[]} */
    const found = [];
    try {
      for (let page = 0; page < this.#pages; page += 1) {
        const after = found.at(-1)?.user ?? 0;
        const { members, more } = await request("GET", `/api/rooms/${room}/members?after=${after}&limit=${LOADED}`);
        found.push(...members);
        rest = more;
        if (!more) break;
      }
      await this.#learn(found.slice(0, NAMES).map(({ user }) => user));
    } catch (error) {
      this.#say(reason(error));
    }
    if (load !== this.#loads || !found.length) return;
    this.#members = found;
    this.#rest = rest;
  }

  /** Ask for more of them. @param {number} pages */
  async #further(pages) {
    const { room } = this.#subject ?? {};
    if (!room || !this.#rest || pages <= this.#pages) return;
    this.#pages = pages;
    await this.load(room.id);
    this.#draw();
  }

  /** @param {number[]} ids */
  async #learn(ids) {
    if (ids.length) this.#screen.chat.people.learn(await users(ids));
  }

  /** @param {Subject} subject */
  draw(subject) {
    this.#subject = subject;
    const { room, details, standing } = subject;
    const many = room.kind === "direct" ? room.people.length : (details?.members ?? this.#members.length);
    /** @type {HTMLElement} */ (this.#place.querySelector(".count")).textContent = many ? String(many) : "";
    this.#invite.hidden = !mayInvite(standing);
    this.#search.hidden = many < MANY;
    this.#draw();
  }

  #draw() {
    const { chat } = this.#screen;
    const { standing } = this.#subject ?? {};
    if (!standing) return;
    const wanted = fold(this.#search.value.trim());
    const named = this.#members.map(({ user, role }) => ({ user, role, name: chat.nameOf(user) }));
    const found = named.filter(({ name }) => name && fold(name).includes(wanted)).sort(before);
    const shown = found.slice(0, this.#shown);
    chat.looking = shown.map(({ user }) => user);
    this.#more.hidden = found.length <= shown.length && !(this.#rest && !wanted);
    const items = shown.map(({ user, role, name }) => {
      const line = this.#lines.get(user) ?? this.#line(user);
      const me = user === chat.me.id;
      line.draw({ name, role, me, online: chat.people.isOnline(user) }, {
        change: mayChangeRole(standing),
        remove: !me && mayRemove(standing, role),
      });
      return line.element;
    });
    arrange(this.#list, items);
  }

  /** @param {number} user */
  #line(user) {
    const line = new MemberLine(this.#template, user, {
      change: (role) => void this.#do("PATCH", user, { role }),
      remove: () => void this.#do("DELETE", user),
    });
    this.#lines.set(user, line);
    return line;
  }

  /** @param {string} method @param {number} user @param {object} [body] */
  async #do(method, user, body) {
    const { room } = this.#subject ?? {};
    if (!room) return;
    this.#say("");
    try {
      await request(method, `/api/rooms/${room.id}/members/${user}`, body);
    } catch (error) {
      this.#say(reason(error));
    }
    await this.load(room.id);
    this.#draw();
  }

  /** @param {string} sentence */
  #say(sentence) {
    const alert = /** @type {HTMLElement} */ (this.#place.querySelector("[role=alert]"));
    alert.textContent = sentence;
    alert.hidden = !sentence;
  }
}

const RANK = ["owner", "moderator"];

/** Owners, moderators, and all others by name. @param {Member & {name: string}} a @param {Member & {name: string}} b */
function before(a, b) {
  const rank = (/** @type {string} */ role) => (RANK.includes(role) ? RANK.indexOf(role) : RANK.length);
  return rank(a.role) - rank(b.role) || compareNames(a.name, b.name);
}
