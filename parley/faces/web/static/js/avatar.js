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

/** The pictures of those who have one; `people.js` tells. @type {Map<number, string>} */
const pictures = new Map();

/** @param {number} id @param {string|undefined} picture */
export function learnPicture(id, picture) {
  if (picture) pictures.set(id, picture);
  else pictures.delete(id);
}

/** What tells one picture of a person from another. @param {number} id */
export function pictureOf(id) {
  return pictures.get(id) ?? "";
}

/**
 * A face: the picture, or the initials where there is none or it does not come.
 * @param {HTMLElement} face
 * @param {number} id
 * @param {string} name
 */
export function showFace(face, id, name) {
  const picture = pictureOf(id);
  const initials = initialsOf(name);
  const size = face.classList.contains("big") ? 256 : 96;
  const src = picture && `/pictures/${id}/${picture}/${size}`;
  if (face.dataset["shown"] === `${src} ${initials}`) return; // a picture that does not come is asked for once
  face.dataset["shown"] = `${src} ${initials}`;
  if (!src) return void (face.textContent = initials);
  const image = Object.assign(new Image(), { src, alt: "", decoding: "async" });
  image.onerror = () => image.replaceWith(initials);
  face.replaceChildren(image);
}

/**
 * Show a person where there is a place for a face, a name or both.
 * @param {HTMLElement} place
 * @param {number} id
 * @param {string} name
 */
export function showPerson(place, id, name) {
  tint(place, id);
  for (const face of place.querySelectorAll(".avatar")) showFace(/** @type {HTMLElement} */ (face), id, name);
  for (const words of place.querySelectorAll(".author")) words.textContent = name;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** @param {string} word */
function firstLetter(word) {
  const [first] = graphemes.segment(word);
  return first?.segment ?? "";
}
