/** @import {File as Stored} from "./wire.js" */
/** @import {Page} from "./attach.js" */

import { request } from "./api.js";
import { sizeOf } from "./size.js";
import { Upload } from "./upload.js";

const MOST = 10; // files of a message
const AT_ONCE = 3; // on their way

/**
 * @typedef {object} Item  A file that is to go with a message.
 * @property {File} file
 * @property {number|string} room  or thread
 * @property {"waiting"|"sending"|"here"|"failed"} state
 * @property {Upload} upload
 * @property {Stored|null} stored
 * @property {HTMLElement} chip
 */

/** The files above the field: sent as soon as they are there, and posted with the message. */
export class Tray {
  /** @type {Item[]} */
  #items = [];
  /** @type {number|string} */
  #room = 0;
  /** @type {(() => void)|null} */
  #send = null;

  /** @param {HTMLElement} place @param {Page} page */
  constructor(place, page) {
    this.#place = place;
    this.#page = page;
    this.#list = /** @type {HTMLElement} */ (place.querySelector("ul"));
    this.#status = /** @type {HTMLElement} */ (place.querySelector("[role=status]"));
    this.#largest = Number(place.dataset["largest"]);
  }
  #place;
  #page;
  #list;
  #status;
  #largest;

  get #here() {
    return this.#items.filter(({ room }) => room === this.#room);
  }

  /** How many files go with the next message of the open room; those that failed do not. */
  get count() {
    return this.#here.filter(({ state }) => state !== "failed").length;
  }

  /** Whether some of them are on their way. */
  get busy() {
    return this.#here.some(({ state }) => state === "waiting" || state === "sending");
  }

  /** @param {() => void} send  called once all are here; forgotten when one fails or another room is opened */
  wait(send) {
    this.#send = send;
    this.#say("Your message is sent as soon as the files are here.", true);
  }

  /** Those that are here, for a message. What failed stays, with its reason. @returns {Stored[]} */
  take() {
    const taken = this.#here.filter(({ state }) => state === "here");
    for (const item of taken) this.#forget(item);
    this.#show();
    return taken.flatMap(({ stored }) => stored ?? []);
  }

  /** @param {number|string} room */
  open(room) {
    if (room !== this.#room) this.#send = null;
    this.#room = room;
    this.#show();
  }

  /** @param {number|string} room @param {File[]} files */
  add(room, files) {
    const space = MOST - this.#items.filter((item) => item.room === room).length;
    if (files.length > space) this.#page.notice(`A message has at most ${MOST} files; the others were left out.`);
    for (const file of files.slice(0, Math.max(0, space))) this.#begin(room, file);
    this.#proceed();
  }

  /** @param {number|string} room @param {File} file */
  #begin(room, file) {
    const chip = chipOf(file);
    /** @type {Item} */
    const item = { file, room, state: "waiting", upload: new Upload(file, (part) => progress(chip, part)), stored: null, chip };
    chip.querySelector(".remove")?.addEventListener("click", () => this.#remove(item));
    chip.querySelector(".retry")?.addEventListener("click", () => {
      this.#become(item, "waiting");
      this.#proceed();
    });
    this.#items.push(item);
    if (!file.size) this.#fail(item, "It is empty, or a folder.", false);
    else if (file.size > this.#largest) this.#fail(item, `It is larger than ${sizeOf(this.#largest)}.`, false);
    else this.#become(item, "waiting");
  }

  /** Send what waits, a few at a time. */
  #proceed() {
    const sending = this.#items.filter(({ state }) => state === "sending").length;
    const next = this.#items.filter(({ state }) => state === "waiting").slice(0, AT_ONCE - sending);
    for (const item of next) void this.#transfer(item);
    this.#show();
    const send = this.#send;
    if (!send || this.busy) return;
    this.#send = null;
    if (!this.#here.some(({ state }) => state === "failed")) send();
  }

  /** @param {Item} item */
  async #transfer(item) {
    this.#become(item, "sending");
    try {
      item.stored = await item.upload.send();
      this.#become(item, "here");
      if (!this.#items.includes(item)) this.#discard(item); // it came, and was removed at the same moment
    } catch (error) {
      this.#fail(item, error instanceof Error ? error.message : "");
    }
    this.#proceed();
  }

  /** @param {Item} item @param {string} reason @param {boolean} [again]  whether it may succeed */
  #fail(item, reason, again = true) {
    if (!this.#items.includes(item)) return;
    this.#become(item, "failed");
    /** @type {HTMLElement} */ (item.chip.querySelector(".about")).textContent = reason;
    /** @type {HTMLElement} */ (item.chip.querySelector(".retry")).hidden = !again;
    this.#say(`${item.file.name}: ${reason}`);
  }

  /** @param {Item} item @param {Item["state"]} state */
  #become(item, state) {
    item.state = state;
    item.chip.dataset["state"] = state;
    const about = { waiting: "Waiting", sending: "", here: sizeOf(item.file.size), failed: "" }[state];
    /** @type {HTMLElement} */ (item.chip.querySelector(".about")).textContent = about;
    /** @type {HTMLElement} */ (item.chip.querySelector(".retry")).hidden = state !== "failed";
    /** @type {HTMLElement} */ (item.chip.querySelector("progress")).hidden = state !== "sending";
    if (state === "here" && !this.#send) this.#say(`${item.file.name} is ready.`);
  }

  /** @param {Item} item */
  #remove(item) {
    item.upload.cancel();
    this.#forget(item);
    this.#discard(item);
    this.#proceed();
    this.#page.focus();
  }

  /** The server need not keep it for a day. @param {Item} item */
  #discard({ stored }) {
    if (stored) void request("DELETE", `/api/files/${stored.id}`).catch(() => undefined);
  }

  /** @param {Item} item */
  #forget(item) {
    this.#items = this.#items.filter((each) => each !== item);
    const image = item.chip.querySelector("img");
    if (image) URL.revokeObjectURL(image.src);
  }

  /** @param {string} sentence  for a screen reader @param {boolean} [shown]  and for everybody */
  #say(sentence, shown = false) {
    this.#status.textContent = sentence;
    this.#status.classList.toggle("visually-hidden", !shown);
  }

  #show() {
    const here = this.#here.map(({ chip }) => chip);
    this.#place.hidden = !here.length;
    if (!here.length) this.#say("");
    if (here.length !== this.#list.children.length || here.some((chip, at) => chip !== this.#list.children[at])) {
      this.#list.replaceChildren(...here);
    }
    this.#page.changed();
  }
}

/** @param {File} file */
function chipOf(file) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("attachment"));
  const chip = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  /** @type {HTMLElement} */ (chip.querySelector(".name")).textContent = file.name;
  /** @type {HTMLElement} */ (chip.querySelector("progress")).ariaLabel = `Sending ${file.name}`;
  /** @type {HTMLElement} */ (chip.querySelector(".remove")).ariaLabel = `Remove ${file.name}`;
  /** @type {HTMLElement} */ (chip.querySelector(".retry")).ariaLabel = `Retry sending ${file.name}`;
  const image = /** @type {HTMLImageElement} */ (chip.querySelector("img"));
  if (/^image\/(jpeg|png|gif|webp|avif)$/.test(file.type)) {
    image.src = URL.createObjectURL(file);
    chip.querySelector(".icon")?.remove();
  } else image.remove();
  return chip;
}

/** @param {HTMLElement} chip @param {number} part */
function progress(chip, part) {
  /** @type {HTMLProgressElement} */ (chip.querySelector("progress")).value = part;
}
