/** @import {Attach} from "./attach.js" */
/** @import {Drafts} from "./drafts.js" */
/** @import {File} from "./wire.js" */

const WARN = 500; // characters left when the counter appears, or an eighth of what is allowed
const TYPING = 3_000;
const PROMPTED = /@|:\w/; // what is there to be completed
const EVERYBODY = /@["“„]?(room|all|channel|everyone|here)/i; // perhaps, see windows/mentioning.js

/**
 * @typedef {object} Writer
 * @property {(source: string, files: File[]) => void} post
 * @property {(message: number, source: string) => void} edit
 * @property {() => {id: number, source: string}|null} last  the reader's own newest message
 * @property {() => void} typing  at most every few seconds
 * @property {(message: number) => void} editing  which message is being changed; 0 for none
 * @property {() => Promise<Prompter>} prompter  fetched with the first @ or :
 *
 * @typedef {object} Prompter  Knows of mentions and emoji.
 * @property {(source: string, before: string) => Promise<boolean>} passes  whether this may be sent; it may ask the writer
 */

/** The field at the bottom: writes new messages and changes old ones. Each room has its own draft. */
export class Composer {
  #editing = 0;
  #bare = false; // the message that is changed needs no text
  /** What goes with a new message. @type {Attach|null} */
  files = null;
  #before = "";
  #original = "";
  #typed = -Infinity;
  /** @type {number|string} */
  #room = 0;

  /**
   * @param {HTMLFormElement} form
   * @param {Drafts} drafts
   * @param {Writer} writer
   */
  constructor(form, drafts, writer) {
    this.#writer = writer;
    this.#drafts = drafts;
    this.#longest = Number(form.dataset["longest"]);
    this.#warn = Math.min(WARN, this.#longest / 8);
    this.field = /** @type {HTMLTextAreaElement} */ (form.querySelector("textarea"));
    this.#send = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
    this.#counter = /** @type {HTMLElement} */ (form.querySelector(".counter"));
    this.#banner = /** @type {HTMLElement} */ (form.querySelector(".banner"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#banner.querySelector("button")?.addEventListener("click", () => this.cancel());
    this.field.addEventListener("input", () => this.#changed(true));
    this.field.addEventListener("keydown", (event) => this.#key(event));
  }
  #writer;
  #drafts;
  #longest;
  #warn;
  #send;
  #counter;
  #banner;

  /** The room or thread in which one writes. */
  get room() {
    return this.#room;
  }

  /** Write in another room or thread, where its own draft stands. @param {number|string} room */
  open(room) {
    this.cancel();
    this.#room = room;
    this.#typed = -Infinity;
    this.files?.open(room);
    this.field.value = this.#drafts.load(room);
    this.#changed(false);
  }

  /** @param {string} where  in which room, or to whom @param {boolean} archived  nobody writes there any more */
  show(where, archived) {
    this.field.disabled = archived;
    this.field.placeholder = archived ? "This room is archived" : where ? `Write ${where}` : "Write a message";
  }

  /**
   * Change a message instead of writing a new one.
   * @param {{id: number, source: string, files?: File[]}} message
   */
  edit({ id, source, files = [] }) {
    this.#bare = files.length > 0;
    if (!this.#editing) this.#before = this.field.value;
    this.#edit(id, source);
    this.field.focus();
    this.field.setSelectionRange(source.length, source.length);
  }

  /** Back to writing, with what stood there before; does nothing when no message is being changed. */
  cancel() {
    if (!this.#editing) return;
    this.#edit(0, this.#before);
    this.field.focus();
  }

  /** Put text where the cursor is, with a space before it where one is needed. @param {string} text */
  insert(text) {
    const { field } = this;
    field.focus();
    const before = field.value.slice(0, field.selectionStart);
    field.setRangeText(/\S$/.test(before) ? ` ${text}` : text, field.selectionStart, field.selectionEnd, "end");
    this.#changed(true);
  }

  /** Put a quote above what is to be written; what is written already stays. @param {string} text */
  quote(text) {
    this.cancel();
    const { field } = this;
    const before = field.value.trimEnd();
    field.value = `${before}${before ? "\n\n" : ""}${text}\n\n`;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    this.#changed(true);
    field.scrollTop = field.scrollHeight;
  }

  /** To the field; without a keyboard, only who touches it wants the one on the screen. */
  focus() {
    if (matchMedia("(hover: hover)").matches) this.field.focus();
  }

  /** Forget what is written here. */
  clear() {
    this.#edit(0, "");
    this.#drafts.clear();
  }

  /** The message is gone: there is nothing left to change. @param {number} id */
  forget(id) {
    if (id && id === this.#editing) this.cancel();
  }

  /** @param {number} id @param {string} source */
  #edit(id, source) {
    this.#editing = id;
    this.#original = id ? source : "";
    this.#banner.hidden = !id;
    this.field.value = source;
    this.#changed(false);
    this.#writer.editing(id);
  }

  #submit() {
    if (this.field.disabled) return;
    const source = clean(this.field.value);
    if (this.#lacks(source) || this.#left(source) < 0) return this.field.focus();
    if (!this.#editing && this.files?.busy) return this.files.wait(() => this.#submit());
    if (EVERYBODY.test(source)) void this.#ask(source);
    else this.#give(source);
  }

  /** It may mention more people than its writer thinks. @param {string} source */
  async #ask(source) {
    const [room, id] = [this.#room, this.#editing];
    const prompter = await this.#writer.prompter().catch(() => null);
    const passes = (await prompter?.passes(source, this.#original)) ?? true;
    if (passes && room === this.#room && id === this.#editing && clean(this.field.value) === source) this.#give(source);
  }

  /** @param {string} source */
  #give(source) {
    const id = this.#editing;
    if (id) {
      this.#edit(0, this.#before);
      this.#writer.edit(id, source);
    } else {
      this.field.value = "";
      this.#changed(false);
      this.#writer.post(source, this.files?.take() ?? []);
      this.#typed = -Infinity; // the message ends the typing, for all who see it
    }
    this.field.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // While a word is being composed, these keys belong to the input method (229: Safari says so afterwards).
    if (event.isComposing || event.keyCode === 229) return;
    const bare = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#editing) {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "ArrowUp" && bare && this.field.value === "" && !this.#editing) {
      const message = this.#writer.last();
      if (!message) return;
      event.preventDefault();
      this.edit(message);
    }
  }

  /** @param {boolean} typed */
  #changed(typed) {
    const { field } = this;
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${field.scrollHeight}px`);
    const left = this.#left(field.value);
    this.#counter.hidden = left > this.#warn;
    this.#counter.textContent = left < 0 ? `${-left} too many` : `${left} left`;
    this.#counter.classList.toggle("over", left < 0);
    field.setAttribute("aria-invalid", String(left < 0));
    this.#send.disabled = left < 0 || this.#lacks(field.value);
    if (!this.#editing) this.#drafts.keep(this.#room, field.value);
    if (typed && PROMPTED.test(field.value)) void this.#writer.prompter().catch(() => undefined);
    if (typed && field.value.trim() && performance.now() - this.#typed > TYPING) {
      this.#typed = performance.now();
      this.#writer.typing();
    }
  }

  /** Whether there is nothing to send. @param {string} source */
  #lacks(source) {
    return source.trim() === "" && !(this.#editing ? this.#bare : this.files?.count);
  }

  /** How many characters more may be written, counted as the server counts: in code points. @param {string} text */
  #left(text) {
    const least = this.#longest - text.length;
    return least > this.#warn ? least : this.#longest - Array.from(text).length;
  }
}

/** Text that can be stored: no NUL, no half of a surrogate pair. @param {string} text */
function clean(text) {
  return text.replace(/\0|\p{Surrogate}/gu, "");
}
