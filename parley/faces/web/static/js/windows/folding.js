/**
 * Text as names are compared: without case and accents. Pure.
 * @param {string} text
 */
export function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/**
 * How well a name fits what was typed: 0 begins so, 1 a word of it does, 2 some part; negative: not at all. Both folded.
 * @param {string} name
 * @param {string} wanted
 */
export function fit(name, wanted) {
  const at = name.indexOf(wanted);
  if (at <= 0) return at;
  return name.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted)) ? 1 : 2;
}
