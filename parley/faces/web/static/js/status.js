/** @import {State} from "./connection.js" */
/** @import {Refusal} from "./wire.js" */

import { moment } from "./time.js";

const PATIENCE = 1_000; // a pause shorter than this is nobody's concern
const OLD = 60_000; // what is shown is called old after this long without the server
/** @type {Record<string, string>} */
const WAITS = {
  rate_limited: "That was fast. What you wrote is sent in a moment.",
  unavailable: "The server cannot store anything just now. What you wrote is kept and will be sent.",
};

/** One quiet line above the field: the state of the connection, or else who is typing. */
export class Status {
  #timer = 0;
  #due = "";
  #notice = 0;

  /** @param {HTMLElement} line */
  constructor(line) {
    this.#connection = /** @type {HTMLElement} */ (line.querySelector(".connection"));
    this.#typing = /** @type {HTMLElement} */ (line.querySelector(".typing"));
  }
  #connection;
  #typing;

  /**
   * @param {State} state
   * @param {boolean} waiting  whether something has not been sent
   * @param {number} asOf  when the server was last heard, in milliseconds; 0 for never
   * @param {number} now
   */
  connection(state, waiting, asOf = 0, now = Date.now()) {
    if (state === "open") this.#calm();
    if (this.#notice && (state === "open" || state === "connecting")) return;
    const kept = waiting ? "Your messages are kept and will be sent." : "";
    const old = state === "offline" || now - asOf > OLD;
    const then = asOf && old ? `Shown as of ${moment(asOf, now)}. ` : "";
    const say = {
      open: "",
      connecting: `Connecting… ${then}`.trim(),
      lost: `Reconnecting… ${then}${kept}`,
      offline: `Offline – messages will be sent when you’re back. ${then}`.trim(),
    }[state];
    this.#due = say;
    if (state === "open" || this.#connection.textContent) this.#say(say);
    else this.#timer ||= setTimeout(() => this.#overdue(), PATIENCE); // not anew with every attempt
  }

  #overdue() {
    this.#timer = 0;
    this.#say(this.#due);
  }

  #calm() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  /** Something went wrong that belongs to no message: say so for a while. @param {string} sentence */
  notice(sentence) {
    clearTimeout(this.#notice);
    this.#calm();
    this.#say(sentence);
    this.#notice = setTimeout(() => this.settled(), 6_000);
  }

  /** The server refuses something. @param {Refusal} refusal @param {boolean} unsaid  nothing else on the page says so */
  refused({ key, code, detail }, unsaid) {
    const waits = WAITS[code];
    if (key === undefined || unsaid) this.notice(detail);
    else if (waits) this.notice(waits);
  }

  /** What was noticed is over. */
  settled() {
    if (!this.#notice) return;
    clearTimeout(this.#notice);
    this.#notice = 0;
    this.#say("");
  }

  /** @param {string} sentence */
  typing(sentence) {
    if (this.#typing.textContent !== sentence) this.#typing.textContent = sentence;
  }

  /** @param {string} sentence */
  #say(sentence) {
    if (this.#connection.textContent !== sentence) this.#connection.textContent = sentence;
  }
}
