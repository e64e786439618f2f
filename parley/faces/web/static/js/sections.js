/** @import {Room} from "./room.js" */

import { compareNames } from "./collation.js";

/** @typedef {(room: Room) => string} TitleOf */

/**
 * What to call a room: its name, or else who is in it. Empty as long as it is not known.
 * @param {Pick<Room, "name"|"kind"|"others">} room
 * @param {(id: number) => string} nameOf
 */
export function titleOf({ name, kind, others }, nameOf) {
  if (kind !== "direct") return name;
  return others.map(nameOf).filter(Boolean).join(", ") || "Direct message";
}

/**
 * Rooms as they are listed: by name, conversations by what was said last, and what is archived apart. A conversation
 * that another has opened, and in which nobody has said anything yet, is not listed. Pure.
 * @param {Iterable<Room>} rooms
 * @param {Room} open
 * @param {TitleOf} title
 */
export function sections(rooms, open, title) {
  const named = [...rooms].filter((room) => title(room)).sort((a, b) => compareNames(title(a), title(b)));
  const direct = named.filter((room) => room.kind === "direct" && (room === open || !room.quiet));
  const others = named.filter(({ kind }) => kind !== "direct");
  return {
    rooms: others.filter(({ archived }) => !archived),
    direct: direct.sort((a, b) => b.latest.localeCompare(a.latest)),
    archived: others.filter(({ archived }) => archived),
  };
}

/** All of them in the order of the list. @param {Iterable<Room>} rooms @param {Room} open @param {TitleOf} title */
export function sorted(rooms, open, title) {
  const { rooms: named, direct, archived } = sections(rooms, open, title);
  return [...named, ...direct, ...archived];
}
