/**
 * The hue of a person, in degrees: neighbours in number are far apart in colour.
 * @param {number} id
 */
export function hueOf(id) {
  return Math.round((id * 137.508) % 360);
}

/**
 * Up to two initials, in whatever script the name is.
 * @param {string} name
 */
export function initialsOf(name) {
  const words = name.split(/[\s._-]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => firstLetter(word ?? "")).join("").toLocaleUpperCase();
}

/**
 * Colour an element by a person; the style sheet derives readable shades from the hue.
 * @param {HTMLElement} element
 * @param {number} id
 */
export function tint(element, id) {
  element.style.setProperty("--hue", String(hueOf(id)));
}

/**
 * Show a person where there is a place for a face, a name or both.
 * @param {HTMLElement} place
 * @param {number} id
 * @param {string} name
 */
export function showPerson(place, id, name) {
  tint(place, id);
  for (const face of place.querySelectorAll(".avatar")) face.textContent = initialsOf(name);
  for (const words of place.querySelectorAll(".author")) words.textContent = name;
}

/** @param {string} word */
function firstLetter(word) {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(word);
  return first?.segment ?? "";
}
