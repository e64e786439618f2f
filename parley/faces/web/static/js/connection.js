/** @import {ClientFrame, Hello, ServerFrame} from "./wire.js" */

/**
 * @typedef {"connecting"|"open"|"lost"|"offline"} State
 *
 * @typedef {object} Listener
 * @property {() => Hello} hello  the first frame of each new socket
 * @property {(frame: ServerFrame) => void} frame
 * @property {(state: State) => void} state
 * @property {() => Promise<boolean>} signedIn  asked when the server refuses a socket without a word
 * @property {() => void} signedOut  the session has ended; there will be no further attempt
 */

const SILENCE = 45_000; // the server speaks every 20 s
const BEHIND = 4_000; // time for what was announced to arrive by itself
const REPLY = 5_000;
const STEADY = 10_000; // a socket that lived this long was no failure

/**
 * How long to wait before the next attempt: exponential, with full jitter, in milliseconds.
 * @param {number} failures  attempts in a row that came to nothing
 * @param {number} code  the close code of the last one
 * @param {number} chance  0 to 1
 */
export function pause(failures, code, chance) {
  if (code === 1012) return 100 + 600 * chance; // not all in one moment, and within the second in which nothing is said
  const ceiling = Math.min(15_000, 500 * 2 ** failures);
  if (code === 1008) return 10_000 + ceiling * chance;
  return 100 + ceiling * chance;
}

/** One socket at a time, opened again for as long as the session lasts. */
export class Connection {
  /** @type {WebSocket|null} */
  #socket = null;
  #failures = 0;
  #heard = 0;
  #since = 0;
  #timer = 0;
  #behind = 0;
  #ended = false;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
    addEventListener("online", () => this.nudge());
    addEventListener("offline", () => this.#probe());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.nudge();
    });
    setInterval(() => {
      if (this.#socket && Date.now() - this.#heard > SILENCE) this.renew();
    }, 5_000);
  }
  #listener;

  /** Whether the server has welcomed this socket. */
  open = false;

  connect() {
    if (this.#ended || this.#socket) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#report();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws`);
    this.#socket = socket;
    this.#heard = Date.now();
    let opened = false;
    socket.onopen = () => {
      opened = true;
      socket.send(JSON.stringify(this.#listener.hello()));
    };
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      this.#heard = Date.now();
      const frame = /** @type {ServerFrame} */ (JSON.parse(data));
      if (frame.type === "welcome") {
        this.open = true;
        this.#since = Date.now();
      }
      this.#listener.frame(frame);
      if (frame.type === "welcome") this.#report();
    };
    socket.onclose = ({ code }) => {
      if (this.#socket === socket) void this.#closed(code, opened);
    };
  }

  /**
   * Send a frame if the server is listening.
   * @param {ClientFrame} frame
   * @returns {boolean} whether it was handed to the network; nothing more is promised
   */
  send(frame) {
    if (!this.open || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** The network may be back or the reader looks again: do not wait any longer. */
  nudge() {
    if (this.#timer) this.connect();
    else if (this.open && Date.now() - this.#heard > SILENCE / 2) this.renew();
  }

  /** Give this socket up and resume from the cursors on a new one. */
  renew() {
    const socket = this.#socket;
    if (!socket) return;
    void this.#closed(4000, true); // without waiting for a close handshake that may never come
    socket.close();
  }

  /**
   * Say whether something the server announced is missing; if it stays so, the connection is renewed.
   * @param {boolean} behind
   */
  expect(behind) {
    if (!behind) {
      clearTimeout(this.#behind);
      this.#behind = 0;
    } else if (!this.#behind) {
      this.#behind = setTimeout(() => {
        this.#behind = 0;
        this.renew();
      }, BEHIND);
    }
  }

  /** No further attempts, for instance because the reader signs out. */
  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
    this.open = false;
  }

  /** The browser thinks that it is offline. It may be wrong, with a server on this machine: ask. */
  #probe() {
    this.#report();
    const asked = Date.now();
    if (!this.send({ type: "ping" })) return;
    setTimeout(() => {
      if (this.open && this.#heard < asked) this.renew();
    }, REPLY);
  }

  /** @param {number} code @param {boolean} opened */
  async #closed(code, opened) {
    if (this.open && Date.now() - this.#since > STEADY) this.#failures = 0;
    const wait = pause(this.#failures, code, Math.random());
    this.#socket = null;
    this.open = false;
    this.#failures += 1;
    this.expect(false);
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#report();
    if (code === 4401 || (!opened && !(await this.#listener.signedIn()))) {
      this.end();
      this.#listener.signedOut();
    }
  }

  #report() {
    if (this.open) this.#listener.state("open");
    else if (!navigator.onLine) this.#listener.state("offline");
    else this.#listener.state(this.#failures ? "lost" : "connecting");
  }
}
