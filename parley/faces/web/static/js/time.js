const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const dated = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });

/** The time of day where the reader is. @param {string} iso */
export function timeOf(iso) {
  return clock.format(new Date(iso));
}

/** Date and time in full. @param {string} iso */
export function fullTime(iso) {
  return full.format(new Date(iso));
}

/** What to call a day. @param {string} iso @param {Date} now */
export function dayOf(iso, now) {
  const date = new Date(iso);
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return "Today";
  if (date.toDateString() === yesterday.toDateString()) return "Yesterday";
  return (date.getFullYear() === now.getFullYear() ? weekday : dated).format(date);
}

/** A moment in few words: the time of today, else the day as well. @param {number} at  milliseconds @param {number} now */
export function moment(at, now) {
  const iso = new Date(at).toISOString();
  const day = dayOf(iso, new Date(now));
  return day === "Today" ? timeOf(iso) : `${day === "Yesterday" ? "yesterday" : day}, ${timeOf(iso)}`;
}

/** "Today" becomes "Yesterday" without anything happening in the room. @param {() => void} draw */
export function atMidnight(draw) {
  const now = new Date();
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  setTimeout(() => {
    draw();
    atMidnight(draw);
  }, midnight.getTime() - now.getTime() + 1_000);
}
