const UNITS = ["KB", "MB", "GB"];

/** How large a file is, for people. @param {number} bytes */
export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const power = Math.min(UNITS.length, Math.floor(Math.log10(bytes) / 3));
  const number = bytes / 1000 ** power;
  return `${number.toFixed(number < 9.95 ? 1 : 0)} ${UNITS[power - 1]}`;
}
