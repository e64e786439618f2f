/** @import {File as Stored} from "./wire.js" */

const PATIENT = 2; // further attempts after "not now"
const MOMENT = 2; // seconds, when the server does not say how long

/** Why a file could not be sent, in a sentence for its sender. */
export class Failure extends Error {}

/** One file on its way. `fetch` tells nothing of its progress; this does. */
export class Upload {
  /** @type {XMLHttpRequest|null} */
  #request = null;
  #over = false;
  #timer = 0;

  /** @param {File} file @param {(part: number) => void} progress  how much is sent, from 0 to 1 */
  constructor(file, progress) {
    this.#file = file;
    this.#progress = progress;
  }
  #file;
  #progress;

  /** @returns {Promise<Stored>} @throws {Failure} */
  async send() {
    for (let left = PATIENT; ; left -= 1) {
      const { status, answer, wait } = await this.#attempt();
      if (status === 201) return answer;
      if ((status === 429 || status === 503) && left && !this.#over) await this.#pause(wait);
      else throw new Failure(answer?.detail ?? "It could not be sent: the server did not answer.");
    }
  }

  /** Stop; nothing is kept of it. */
  cancel() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  /** @returns {Promise<{status: number, answer: any, wait: number}>} */
  #attempt() {
    const request = new XMLHttpRequest();
    this.#request = request;
    request.open("POST", `/api/files?name=${encodeURIComponent(this.#file.name)}`);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => this.#progress(total ? loaded / total : 0);
    return new Promise((resolve) => {
      request.onloadend = () => {
        const wait = Number(request.getResponseHeader("Retry-After")) || MOMENT;
        resolve({ status: request.status, answer: request.response, wait });
      };
      request.send(this.#file);
    });
  }

  /** @param {number} seconds */
  #pause(seconds) {
    return new Promise((resolve) => (this.#timer = setTimeout(resolve, seconds * 1000)));
  }
}
