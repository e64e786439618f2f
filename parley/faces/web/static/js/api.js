/** @import {Message, User} from "./wire.js" */

/** What the server said no to, in its own words (RFC 9457). */
export class Problem extends Error {
  /** @param {number} status @param {{title?: string, detail?: string, code?: string}} problem */
  constructor(status, { title, detail, code }) {
    super(detail || title || `The server answered ${status}.`);
    this.status = status;
    this.code = code ?? "";
  }
}

/**
 * Ask the server over HTTP.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]  sent as JSON
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the JSON of the answer; null when it has none
 * @throws {Problem} when the server refuses
 * @throws {TypeError} when it cannot be reached
 */
export async function request(method, path, body, signal) {
  const response = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body ? JSON.stringify(body) : null,
    credentials: "same-origin",
    cache: "no-store",
    ...(signal && { signal }),
  });
  const isJSON = /[/+]json/.test(response.headers.get("Content-Type") ?? "");
  const answer = isJSON ? await response.json().catch(() => null) : null;
  if (!response.ok) throw new Problem(response.status, answer ?? {});
  return answer;
}

/**
 * The page of messages before a place, ascending.
 * @param {number} room
 * @param {number} before
 * @returns {Promise<{messages: Message[], more: boolean}>}
 */
export function history(room, before) {
  return request("GET", `/api/messages?room=${room}&before=${before}&limit=50`);
}

/**
 * Some of those who are online.
 * @returns {Promise<User[]>}
 */
export async function online() {
  return (await request("GET", "/api/users?online=1&limit=100")).users;
}

/**
 * @param {number[]} ids
 * @returns {Promise<User[]>}
 */
export async function users(ids) {
  return (await request("GET", `/api/users?ids=${ids.join(",")}`)).users;
}

/**
 * How much is unread in these rooms.
 * @param {number[]} rooms
 * @returns {Promise<Array<import("./unread.js").Count & import("./mentions.js").Told & {room: number}>>}
 */
export async function unread(rooms) {
  return (await request("GET", `/api/unread?rooms=${rooms.join(",")}`)).rooms;
}

/** Whether the session of this person lasts; when nobody answers, it is believed. @param {number} user */
export async function isSignedIn(user) {
  try {
    await request("GET", `/api/users/${user}`);
    return true;
  } catch (error) {
    return !(error instanceof Problem && error.status === 401);
  }
}
