const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
/** @type {[number, Intl.RelativeTimeFormatUnit][]} */
const UNITS = [[60, "minute"], [3_600, "hour"], [86_400, "day"], [7 * 86_400, "week"], [30 * 86_400, "month"], [365 * 86_400, "year"]];

/** How long ago something was, in words. Pure. @param {string} iso @param {number} [now]  milliseconds */
export function ago(iso, now = Date.now()) {
  const seconds = (now - Date.parse(iso)) / 1_000;
  const [size, unit] = UNITS.findLast(([each]) => seconds >= each) ?? [0, "second"];
  return size ? words.format(-Math.floor(seconds / size), unit) : "a moment ago";
}

const day = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });

/** The day on which something was. @param {string} iso */
export function dateOf(iso) {
  return day.format(new Date(iso));
}
