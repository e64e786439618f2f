/** @import {File} from "./wire.js" */

import { styled } from "./sheet.js";
import { sizeOf } from "./size.js";

const WIDEST = 360; // pixels of a picture that stands alone
const HIGHEST = 270;
const MOVING = 2_000_000; // bytes of a GIF that is shown itself, because it moves

const still = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Show the files of a message: pictures side by side, film and sound that can be played, and a card for everything else.
 * @param {HTMLElement} place @param {File[]} files
 */
export async function showFiles(place, files) {
  await styled("files");
  const drawn = files.map(({ id }) => id).join();
  if (place.dataset["drawn"] === drawn) return;
  place.dataset["drawn"] = drawn;
  const pictures = files.filter(({ thumbnail }) => thumbnail);
  const others = files.filter(({ thumbnail }) => !thumbnail);
  const grid = element("div", { className: pictures.length > 1 ? "pictures many" : "pictures" });
  grid.append(...pictures.map((file) => picture(file, pictures.length === 1)));
  place.hidden = !files.length;
  place.replaceChildren(...(pictures.length ? [grid] : []), ...others.map(other));
}

/** Where a file is. @param {File} file */
export function addressOf({ id, name }) {
  return `/files/${id}/${encodeURIComponent(name)}`;
}

/** Its size is known before it is there, so that nothing moves. @param {File} file @param {boolean} alone */
function picture(file, alone) {
  const { id, name, type, size, width, height } = file;
  const moves = type === "image/gif" && size <= MOVING && !still.matches;
  const image = element("img", { alt: name, src: moves ? addressOf(file) : `/files/${id}/thumbnail`, loading: "lazy", decoding: "async" });
  const scale = Math.min(1, WIDEST / (width ?? WIDEST), HIGHEST / (height ?? HIGHEST));
  if (alone) [image.width, image.height] = [Math.max(1, Math.round((width ?? 0) * scale)), Math.max(1, Math.round((height ?? 0) * scale))];
  const button = element("button", { type: "button", className: "picture", title: name });
  button.dataset["window"] = "viewer";
  button.dataset["about"] = String(id);
  button.append(image);
  return button;
}

/** @param {File} file */
function other(file) {
  const [kind] = file.type.split("/");
  if (kind !== "video" && kind !== "audio") return card(file);
  const player = element(kind, { controls: true, preload: kind === "video" ? "metadata" : "none", src: addressOf(file), title: file.name });
  player.ariaLabel = file.name;
  const box = element("figure", { className: kind });
  box.append(player, card(file));
  return box;
}

/** @param {File} file */
function card(file) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("file"));
  const link = /** @type {HTMLAnchorElement} */ (template.content.firstElementChild?.cloneNode(true));
  link.href = addressOf(file);
  link.download = file.name;
  /** @type {HTMLElement} */ (link.querySelector(".name")).textContent = file.name;
  /** @type {HTMLElement} */ (link.querySelector(".size")).textContent = sizeOf(file.size);
  return link;
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {object} properties @returns {HTMLElementTagNameMap[T]} */
function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
