/** @import {Screen} from "../screen.js" */
/** @import {Message} from "../wire.js" */

import { request } from "../api.js";
import { pathOf } from "../address.js";
import { markup } from "../markup.js";
import { dayOf, timeOf } from "../time.js";
import { hints } from "./query.js";

const PAUSE = 250; // milliseconds after the last key

/** @typedef {{message: Message, excerpt: {text: string, hit: boolean}[]}} Result */

/** Search beside the conversation: a query, and what was found for it. The address holds the query. */
export class SearchPanel {
  /** @type {Result[]} */
  #results = [];
  /** @type {string|null} */
  #next = null;
  /** @type {string|null} */
  #asked = null;
  #timer = 0;
  /** @type {AbortController|null} */
  #asking = null;

  /** Put one into the page. @param {Screen} screen @throws {Error} when it cannot be loaded */
  static async make(screen) {
    const panel = await markup("search");
    document.querySelector(".conversation")?.after(panel);
    return new SearchPanel(panel, screen);
  }

  /** @param {HTMLElement} panel @param {Screen} screen */
  constructor(panel, screen) {
    this.#panel = panel;
    this.#screen = screen;
    this.#field = /** @type {HTMLInputElement} */ (panel.querySelector("input[type=search]"));
    this.#here = /** @type {HTMLInputElement} */ (this.#part("here"));
    this.#order = /** @type {HTMLSelectElement} */ (this.#part("order"));
    this.#list = /** @type {HTMLElement} */ (panel.querySelector("ol"));
    panel.querySelector("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
    this.#field.addEventListener("input", () => this.#typed());
    for (const option of [this.#here, this.#order]) option.addEventListener("change", () => this.#ask());
    this.#part("more").addEventListener("click", () => void this.#look(this.#next));
    this.#part("close").addEventListener("click", () => this.#close());
    this.#part("hints").addEventListener("click", ({ target }) => this.#complete(/** @type {HTMLElement} */ (target)));
    panel.addEventListener("keydown", (event) => this.#key(event));
  }
  #panel;
  #screen;
  #field;
  #here;
  #order;
  #list;

  /** Show what the address says, or nothing. @param {boolean} open */
  show(open) {
    const before = !this.#panel.hidden && this.#panel.dataset["open"] === "on";
    this.#panel.hidden = !open;
    this.#panel.dataset["open"] = open ? "on" : "off";
    if (!open) return this.#asking?.abort();
    const query = new URL(location.href).searchParams;
    if (this.#address() !== query.toString() && document.activeElement !== this.#field) {
      this.#field.value = query.get("q") ?? "";
      this.#order.value = query.get("order") === "time" ? "time" : "relevance";
      this.#here.checked = query.has("room");
      if (query.has("room")) this.#here.value = query.get("room") ?? "";
    }
    if (!before) this.focus();
    this.draw();
    if (this.#asked !== query.toString()) void this.#look(null);
  }

  /** To the field. @returns {boolean} false when it is not open */
  focus() {
    if (this.#panel.hidden) return false;
    this.#field.focus();
    this.#field.select();
    return true;
  }

  /** Something may look different now: names, or a message that was found. */
  draw() {
    if (this.#panel.hidden) return;
    const { conversation, room, titleOf } = this.#screen.chat;
    const scope = this.#here.checked ? conversation.rooms.get(Number(this.#here.value)) : room;
    this.#part("room").textContent = (scope && titleOf(scope)) || "this room";
    for (const [at, { message }] of this.#results.entries()) this.#describe(/** @type {HTMLElement} */ (this.#list.children[at]), message);
    this.#suggest();
    const now = this.#results.map(({ message }) => conversation.rooms.get(message.room)?.timeline.shown.find(message.id));
    if (now.some((message, at) => message && message.changed_seq > (this.#results[at]?.message.changed_seq ?? Infinity))) this.#typed();
  }

  #typed() {
    this.#suggest();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE);
  }

  /** The query as the address has it. */
  #address() {
    if (this.#here.checked && !this.#here.value.match(/^\d+$/)) this.#here.value = String(this.#screen.room.id);
    if (!this.#here.checked) this.#here.value = "";
    const query = new URLSearchParams({ q: this.#field.value.trim() });
    if (this.#order.value === "time") query.set("order", "time");
    if (this.#here.checked) query.set("room", this.#here.value);
    return query.toString();
  }

  #ask() {
    clearTimeout(this.#timer);
    history.replaceState(null, "", `${location.pathname}?${this.#address()}`);
    void this.#look(null);
  }

  /** A page of results. @param {string|null} before  the `next` of the page before */
  async #look(before) {
    const query = this.#address();
    this.#asking?.abort();
    this.#asked = query;
    if (!this.#field.value.trim()) return this.#found([], null, "Words, parts of words, “several words”; and what is below, to narrow it down.");
    const asking = (this.#asking = new AbortController());
    this.#say("Searching…");
    try {
      const path = `/api/search?${query}${before ? `&before=${encodeURIComponent(before)}` : ""}`;
      const { results, next } = await request("GET", path, undefined, asking.signal);
      const all = before ? [...this.#results, ...results] : results;
      this.#found(all, next, all.length ? "" : "Nothing was found. Try fewer words, or another filter.");
    } catch (error) {
      if (asking.signal.aborted) return;
      const offline = error instanceof TypeError;
      const why = offline ? "The server cannot be reached. Press Enter to try again." : /** @type {Error} */ (error).message;
      this.#found(before ? this.#results : [], before, why);
    }
  }

  /** @param {Result[]} results @param {string|null} next @param {string} state */
  #found(results, next, state) {
    this.#results = results;
    this.#next = next;
    this.#part("more").hidden = next === null;
    this.#list.replaceChildren(...results.map((result) => this.#item(result)));
    this.#say(state || `${results.length}${next ? "+" : ""} found`);
    this.draw();
  }

  /** @param {Result} result */
  #item({ message, excerpt }) {
    const [item, link, about, text] = [element("li"), element("a"), element("p", "about"), element("p", "excerpt")];
    link.dataset["room"] = "";
    link.setAttribute("href", `${pathOf(message.room, message.id)}?${this.#asked}`);
    about.append(element("span", "author"), element("span", "where"));
    text.dir = "auto";
    text.append(...excerpt.map((piece) => (piece.hit ? element("mark", "", piece.text) : piece.text)));
    link.append(about, text);
    item.append(link);
    return item;
  }

  /** @param {HTMLElement} item @param {Message} message */
  #describe(item, message) {
    const { nameOf, roomOf } = this.#screen.chat;
    const when = `${dayOf(message.created_at, new Date())}, ${timeOf(message.created_at)}`;
    const [author, where] = item.querySelectorAll("span");
    if (author) author.textContent = nameOf(message.author);
    if (where) where.textContent = ` in ${roomOf(message.room)} · ${when}`;
    const current = location.pathname === pathOf(message.room, message.id);
    item.firstElementChild?.toggleAttribute("aria-current", current);
  }

  get #hints() {
    const { chat } = this.#screen;
    const people = chat.people.listed.map((id) => chat.nameOf(id)).filter(Boolean);
    const rooms = chat.rooms.map(({ name }) => name).filter(Boolean);
    return hints(this.#field.value, { people, rooms });
  }

  #suggest() {
    const wanted = this.#hints;
    if (this.#part("hints").textContent === wanted.map(({ label }) => label).join("")) return;
    this.#part("hints").replaceChildren(...wanted.map(({ label }) => Object.assign(element("button", "", label), { type: "button" })));
  }

  /** @param {HTMLElement} button */
  #complete(button) {
    const hint = this.#hints.find(({ label }) => label === button.textContent);
    if (!hint) return;
    this.#field.value = hint.text;
    this.#field.focus();
    this.#typed();
  }

  /** Arrows go through the results; Esc closes. @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const links = [...this.#list.querySelectorAll("a")];
    const at = links.findIndex((link) => link === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.#close();
    else if (step && (at >= 0 || document.activeElement === this.#field)) (links[at + step] ?? (step < 0 ? this.#field : null))?.focus();
    else return;
    event.preventDefault();
  }

  #close() {
    this.#screen.open(this.#screen.room.id);
    this.#screen.focus();
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.#part("state").textContent = sentence;
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.#panel.querySelector(`[data-part="${name}"]`));
  }
}

/** @param {string} name @param {string} [className] @param {string} [text] */
function element(name, className = "", text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}
