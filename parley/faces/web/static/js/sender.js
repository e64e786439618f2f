/** @import {Connection} from "./connection.js" */
/** @import {Outbox} from "./outbox.js" */

const ANSWER = 10_000; // a command without an answer for so long means that the socket is dead

/** Sends what waits in the outbox over the connection, one command at a time. */
export class Sender {
  #answer = 0;

  /** @param {Outbox} outbox @param {Connection} connection */
  constructor(outbox, connection) {
    this.#outbox = outbox;
    this.#connection = connection;
    setInterval(() => this.send(), 1_000); // pauses end, and other tabs' entries become ours
  }
  #outbox;
  #connection;

  /** Send the next command, unless one is in flight or there is none. */
  send() {
    if (!this.#connection.open) return;
    const command = this.#outbox.take(Date.now(), performance.now());
    if (!command) return;
    if (!this.#connection.send(command)) return this.#outbox.lost();
    this.#answer = setTimeout(() => this.#connection.renew(), ANSWER);
  }

  /** The command in flight was answered. */
  answered() {
    clearTimeout(this.#answer);
    this.send();
  }

  /** The connection has gone; what was in flight waits for the next. */
  lost() {
    clearTimeout(this.#answer);
    this.#outbox.lost();
  }
}
