/** @import {Screen} from "../screen.js" */

import { request } from "../api.js";

/**
 * The conversation with these people, which is made if there is none.
 * @param {Screen} screen
 * @param {number[]} people
 * @returns {Promise<number>} its room
 * @throws {Error} when the server refuses, or cannot be reached
 */
export async function conversationWith(screen, people) {
  const wanted = [...people].sort((a, b) => a - b).join();
  const known = screen.chat.rooms.find(({ kind, others }) => kind === "direct" && [...others].sort((a, b) => a - b).join() === wanted);
  return known ? known.id : (await request("POST", "/api/rooms", { kind: "direct", members: people })).id;
}
