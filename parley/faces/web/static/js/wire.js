/**
 * The shapes that travel, as `parley/wire.py` defines them: types only, nothing of this runs or is fetched.
 *
 * @typedef {{position: number, url: string, state: "pending"|"ready"|"failed"|"refused"|"removed",
 *   title: string, description: string, site: string}} Preview
 *
 * @typedef {object} Message  A message as of `changed_seq`; its place, `seq`, never changes.
 * @property {number} id
 * @property {number} room
 * @property {number} seq
 * @property {number} changed_seq
 * @property {string} kind  "text", or what happened in the room
 * @property {number|null} author
 * @property {string|null} key
 * @property {string} source
 * @property {string} html
 * @property {string} created_at
 * @property {string|null} [edited_at]
 * @property {string|null} [deleted_at]
 * @property {Reaction[]} [reactions]
 * @property {Preview[]} [previews]
 * @property {Mention[]} [mentions]  left out when nobody is mentioned
 * @property {File[]} [files]  left out when there are none
 * @property {number|null} [reply_to]  the root of the thread that it is in
 * @property {Replies} [replies]  of a root
 * @property {{by: number, at: string}} [pinned]
 *
 * @typedef {{count: number, seq: number, at: string, users: number[]}} Replies
 * @typedef {{id: number, room: number, read: number, seq: number}} Thread  One that is followed, with unread replies.
 * @typedef {{emoji: string, users: number[]}} Reaction
 * @typedef {{from: string, to: string, timezone: string}} Quiet  Hours without notifications, as HH:MM.
 * @typedef {{id: number, name: string, type: string, size: number, width: number|null, height: number|null, thumbnail: boolean}} File
 * @typedef {{user: number|null, seq: number}} Mention  Since this seq; null is the whole room.
 * @typedef {{emoji: string, text?: string, until?: string}} UserStatus
 * @typedef {object} User  What a person has not set is left out.
 * @property {number} id
 * @property {string} nickname
 * @property {string} created_at
 * @property {boolean} online
 * @property {string|null} seen_at
 * @property {string} [name]  shown instead of the nickname
 * @property {string} [picture]
 * @property {UserStatus} [status]
 * @property {string} [timezone]
 * @property {boolean} [removed]
 * @typedef {{id: number, name: string, kind: string, head: number, read: number, topic?: string, archived?: boolean,
 *   role?: string, people?: number[], since?: number, mentions?: number, generation?: number,
 *   notify?: string, muted?: boolean}} Room
 *
 * @typedef {object} Log  Everything in `(from, to]`; with `reset`, the newest page, to start afresh with.
 * @property {"log"} type
 * @property {number} room
 * @property {number} from
 * @property {number} to
 * @property {Message[]} messages
 * @property {boolean} [more]
 * @property {boolean} [reset]
 * @property {boolean} [older]
 *
 * @typedef {{type: "welcome", epoch: string, user: User, rooms: Room[], users: User[], online: number,
 *   threads?: Thread[], more_threads?: number, quiet?: Quiet}} Welcome
 * @typedef {{type: "message", room: number, seq: number, message: Message}} MessageEvent
 * @typedef {{type: "ack", key: string, room: number, seq: number, message: number}} Ack
 * @typedef {{type: "error", code: string, detail: string, key?: string, retry_after?: number}} Refusal
 * @typedef {{type: "heads", heads: Record<string, number>, online: number}} Heads
 * @typedef {{type: "presence", user: number, online: boolean}} Presence
 * @typedef {{type: "user", user: User}} UserEvent  Somebody looks different now.
 * @typedef {{type: "typing", room: number, user: number}} Typing
 * @typedef {{type: "read", room: number, seq: number, generation?: number, thread?: number}} Read  In which generation of the position.
 * @typedef {{type: "thread", room: number, thread: number, following: boolean, read: number}} ThreadEvent
 * @typedef {{type: "room", room: Room}} RoomEvent  You are in this room now, or in another role.
 * @typedef {{type: "preferences", quiet: Quiet|null}} Preferences
 * @typedef {{type: "left", room: number}} Left  You are no longer in this room.
 * @typedef {RoomEvent|Left|Preferences|UserEvent|Welcome|Log|MessageEvent|Ack|Refusal|Heads|Presence|Typing|Read|ThreadEvent|{type: "pong"}} ServerFrame
 *
 * @typedef {{type: "hello", cursors: Record<string, number>, epoch: string}} Hello
 * @typedef {{type: "post", key: string, room: number, source: string, reply_to?: number, files?: number[]}} Post
 * @typedef {{type: "edit", key: string, message: number, source: string}} Edit
 * @typedef {{type: "delete", key: string, message: number}} Delete
 * @typedef {{type: "react", key: string, message: number, emoji: string, on: boolean}} React
 * @typedef {{type: "pin", key: string, message: number, on: boolean}} Pin
 * @typedef {{type: "follow", key: string, message: number, on: boolean}} Follow
 * @typedef {Post|Edit|Delete|React|Pin|Follow} Command  What the outbox keeps until it is answered.
 * @typedef {Hello|Command|Read|{type: "unread", room: number, seq: number}|{type: "typing", room: number}|{type: "watch", users: number[]}|{type: "ping"}} ClientFrame
 */

export {};
