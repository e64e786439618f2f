/**
 * What somebody may do in a room, so that nobody is offered what would be refused. The server decides
 * (`parley/core/permissions.py`), and a test compares the two. Pure.
 *
 * @typedef {{kind: string, role: string|null, archived: boolean, general: boolean}} Standing  `role` null: not in it
 */

/** @type {Record<string, number>} */
const RANKS = { member: 0, moderator: 1, owner: 2 };

/** @param {string|null} role */
const rank = (role) => (role === null ? -1 : (RANKS[role] ?? 0));

/** @param {Standing} standing */
export function mayLeave({ kind, role, general }) {
  return role !== null && !general && kind !== "direct";
}

/** @param {Standing} standing */
export function mayInvite({ kind, role, archived, general }) {
  if (role === null || archived || general || kind === "direct") return false;
  return kind === "public" || rank(role) >= 1;
}

/** @param {Standing} standing @param {string} other  the role of whom it concerns */
export function mayRemove({ kind, role, general }, other) {
  return !general && kind !== "direct" && rank(role) >= 1 && rank(role) > rank(other);
}

/** @param {Standing} standing */
export function mayRename(standing) {
  return maySetTopic(standing) && !standing.general;
}

/** @param {Standing} standing */
export function maySetTopic({ kind, role, archived }) {
  return rank(role) >= 1 && !archived && kind !== "direct";
}

/** @param {Standing} standing */
export function mayChooseHistory(standing) {
  return mayChangeRole(standing) && !standing.general;
}

/** @param {Standing} standing */
export function mayArchive({ kind, role, general }) {
  return rank(role) >= 2 && !general && kind !== "direct";
}

/** @param {Standing} standing */
export function mayChangeRole({ kind, role, archived }) {
  return rank(role) >= 2 && !archived && kind !== "direct";
}
