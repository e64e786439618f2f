/** @import {Action} from "./actions.js" */
/** @import {File, Preview} from "./wire.js" */
/** @import {Row} from "./rows.js" */
/** @import {Threads} from "./threads.js" */

import { ACTIONS, offered } from "./actions.js";
import { chip, showReactions } from "./reactions.js";
import { mentionedAt } from "./mentions.js";
import { pathOf } from "./address.js";
import { pictureOf, showFace, tint } from "./avatar.js";
import { sentence } from "./events.js";
import { showMentions } from "./mention.js";
import { showReplies, under } from "./replies.js";
import { showSanitized } from "./sanitized.js";
import { fullTime, timeOf } from "./time.js";

/**
 * @typedef {object} Context  Who looks at messages, and what they are doing.
 * @property {number} me
 * @property {boolean} kept  they keep order in the room
 * @property {boolean} pins  they pin there
 * @property {boolean} aside  it is a thread, beside the room
 * @property {(id: number|null) => string} nameOf
 * @property {(id: number|null) => string} moodOf
 * @property {(id: number) => string} roomOf  the name of a room; empty when it is none of theirs
 * @property {number} editing  the message that they change; 0 for none
 * @property {Threads} threads
 * @property {Set<number>} replying  the roots of threads in which something of theirs waits
 */

const FEW_EMOJI = /^(?:\p{Extended_Pictographic}[\p{Emoji_Modifier}\u200d\ufe0f]*){1,3}$/u;

/**
 * One message, whether pending, live or from history. Draws the row it is given and keeps nothing else;
 * its buttons carry `data-action` and are answered by whoever listens above.
 */
export class ChatMessage extends HTMLElement {
  #drawn = "";
  #cards = "";
  /** @type {Row["message"]|null} */
  #message = null;
  /** @type {Row["command"]} */
  #command = null;
  /** @type {Row|null} */
  row = null;
  /** What can be done with it now, by this reader. @type {Action[]} */
  actions = [];
  #mark = Object.assign(document.createElement("span"), { className: "edited", textContent: " edited" });

  connectedCallback() {
    if (this.firstChild) return;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("message"));
    this.append(template.content.cloneNode(true));
    this.#part("tools").prepend(...ACTIONS.filter(({ direct }) => direct).map(tool));
    this.tabIndex = -1;
    this.setAttribute("role", "article");
    // Only the message that has the focus lets Tab into its buttons: otherwise they would be hundreds of stops.
    this.addEventListener("focusin", () => this.#reach(0));
    this.addEventListener("focusout", () => this.#reach(-1));
    this.#reach(-1);
  }

  /**
   * @param {Row} row
   * @param {Context} context
   */
  show(row, context) {
    const { message, command, lead, stored, reacting } = row;
    const author = context.nameOf(message.author);
    const said = message.kind === "text" ? "" : sentence(message, context.nameOf);
    const chips = (message.reactions ?? []).map((reaction) => chip(reaction, context));
    const called = (message.mentions ?? []).map(({ user }) => context.nameOf(user));
    const looks = [author, context.moodOf(message.author), pictureOf(message.author ?? 0), ...called];
    const replies = under(message, context);
    const pinner = message.pinned ? context.nameOf(message.pinned.by) : "";
    const standing = [context.editing === message.id, context.kept, context.pins];
    const drawn = JSON.stringify([...looks, lead, stored, standing, said, chips, reacting, replies, pinner]);
    if (message === this.#message && command === this.#command && drawn === this.#drawn) return;
    const before = this.row?.stored ? this.#message : null;
    const sameText = stored && command === this.#command && message.html === before?.html && message.source === before.source;
    [this.row, this.#message, this.#command, this.#drawn] = [row, message, command, drawn];

    const person = message.kind === "text";
    const mine = message.author === context.me && person;
    const refused = command?.refused ?? null;
    this.classList.toggle("event", !person);
    this.classList.toggle("lead", lead);
    this.classList.toggle("mine", mine);
    this.classList.toggle("called", mentionedAt(message, context.me) > 0);
    this.classList.toggle("pending", command !== null && !refused);
    this.classList.toggle("leaving", command?.command.type === "delete" && !refused);
    this.classList.toggle("refused", refused !== null);
    this.classList.toggle("editing", stored && context.editing === message.id);
    this.#byline(author, context.moodOf(message.author));
    if (!person) this.#part("text").textContent = said;
    else if (!sameText) this.#text(context.roomOf);
    showMentions(this.#part("text"), context);
    this.#edited(this.#part("text").lastElementChild);
    this.#files(message.files ?? []);
    this.#previews(message.previews ?? [], mine);
    showReactions(this.#part("reactions"), chips, reacting);
    showReplies(this.#part("replies"), replies);
    this.#part("pinned").hidden = !message.pinned;
    this.#part("pinner").textContent = pinner;
    this.#part("refusal").hidden = !refused;
    this.#part("reason").textContent = refused ? `${WHAT[command?.command.type ?? "post"] ?? ""} ${refused.detail}` : "";
    this.actions = stored && command === null ? offered(message, context) : [];
    this.#part("actions").hidden = !this.actions.length;
    for (const button of this.querySelectorAll("[data-tool]")) {
      /** @type {HTMLElement} */ (button).hidden = !this.actions.some(({ name }) => name === button.getAttribute("data-tool"));
    }
  }

  /** Ask, in place, whether the message shall really go. @param {boolean} asking */
  confirm(asking) {
    this.classList.toggle("confirming", asking);
    this.#part("tools").hidden = asking;
    this.#part("question").hidden = !asking;
    (asking ? this.#part("yes") : this).focus();
  }

  /** What was written. */
  get text() {
    return this.#part("text");
  }

  /** The address of this message. */
  get link() {
    const { message } = /** @type {Row} */ (this.row);
    return new URL(pathOf(message.room, message.id), location.href).href;
  }

  /** Where its actions stand, shown or not. */
  get corner() {
    return this.#part("actions");
  }

  /** @param {string} author @param {string} mood */
  #byline(author, mood) {
    const { message, stored } = /** @type {Row} */ (this.row);
    if (message.author !== null) tint(this, message.author);
    showFace(this.#part("avatar"), message.author ?? 0, author);
    this.#part("mood").textContent = mood;
    for (const part of ["avatar", "author"]) this.#part(part).dataset["about"] = String(this.#message?.author ?? 0);
    this.#part("author").textContent = author;
    for (const link of this.querySelectorAll(".when")) {
      if (stored) link.setAttribute("href", pathOf(message.room, message.id));
    }
    for (const time of this.querySelectorAll("time")) {
      time.dateTime = message.created_at;
      time.textContent = timeOf(message.created_at);
      time.title = fullTime(message.created_at);
    }
    this.setAttribute("aria-label", `${author}, ${stored ? timeOf(message.created_at) : "not sent yet"}`);
  }

  /** @param {Context["roomOf"]} roomOf */
  #text(roomOf) {
    const { message, stored, command } = /** @type {Row} */ (this.row);
    const text = this.#part("text");
    const edit = command?.command.type === "edit" ? command.command : null; // refused or not: these are the words
    const plain = !stored || edit !== null;
    text.classList.toggle("plain", plain);
    if (plain) text.textContent = (edit ?? message).source;
    else showSanitized(text, message.html, roomOf);
    text.classList.toggle("emoji", FEW_EMOJI.test(text.textContent?.trim() ?? ""));
  }

  /** "edited" stands at the end of the last line when that is one of plain text. @param {Element|null} end */
  #edited(end) {
    const at = this.#message?.edited_at;
    const mark = this.#mark;
    mark.remove();
    if (!at) return;
    mark.title = fullTime(at);
    (end?.matches("p") ? end : this.#part("text")).append(mark);
  }

  /** What draws them comes with the first. @param {File[]} files */
  #files(files) {
    const place = this.#part("files");
    if (files.length || place.firstChild) import("./files.js").then(({ showFiles }) => showFiles(place, files), () => undefined);
  }

  /** @param {Preview[]} previews @param {boolean} mine */
  #previews(previews, mine) {
    const cards = previews.filter(({ state, url }) => state === "ready" && isElsewhere(url));
    if (this.#cards === (this.#cards = JSON.stringify(cards))) return;
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("preview"));
    this.#part("previews").replaceChildren(
      ...cards.map((preview) => {
        const card = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
        const host = new URL(preview.url).hostname;
        const title = /** @type {HTMLAnchorElement} */ (card.querySelector(".title"));
        title.href = preview.url;
        title.textContent = preview.title || host;
        /** @type {HTMLElement} */ (card.querySelector(".site")).textContent = preview.site || host;
        const description = /** @type {HTMLElement} */ (card.querySelector(".description"));
        description.textContent = preview.description;
        description.hidden = !preview.description;
        const remove = /** @type {HTMLButtonElement} */ (card.querySelector("button"));
        remove.dataset["position"] = String(preview.position);
        remove.tabIndex = this.matches(":focus-within") ? 0 : -1;
        if (!mine) remove.remove();
        return card;
      }),
    );
  }

  /** @param {number} tabIndex */
  #reach(tabIndex) {
    for (const button of this.querySelectorAll("button, .mention[role]")) {
      if (!button.closest(".refusal")) /** @type {HTMLElement} */ (button).tabIndex = tabIndex;
    }
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.querySelector(`[data-part="${name}"]`));
  }
}

/** The button of an action beside the message. @param {Action} action */
function tool({ name, label, icon, key }) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("tool"));
  const button = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  button.dataset["tool"] = button.dataset["action"] = name;
  button.ariaLabel = label;
  button.title = `${label} (${key.toUpperCase()})`;
  button.querySelector("use")?.setAttribute("href", `#icon-${icon}`);
  return button;
}

/** Of a link to this server everybody knows what it is. @param {string} url */
function isElsewhere(url) {
  return /^https?:\/\//i.test(url) && new URL(url).origin !== location.origin;
}

/** @type {Record<string, string>} */
const WHAT = { post: "Not sent:", edit: "Not changed:", delete: "Not deleted:" };

customElements.define("chat-message", ChatMessage);
