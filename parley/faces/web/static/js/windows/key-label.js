/** What stands on a key. @param {string} key  as `KeyboardEvent.key` says it, in lower case */
export function keyLabel(key) {
  return key === "delete" ? "Del" : key.toUpperCase();
}
