const EDGE = 8; // pixels between what is shown and the edge of the window

/**
 * Put an open popover below what asked for it, or above where there is no room; its style sheet reads `--top` and `--left`.
 * @param {HTMLElement} popover
 * @param {DOMRect} at
 * @param {"left"|"right"} [side]  which edges are in line
 */
export function place(popover, at, side = "right") {
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = at.bottom + EDGE + height < innerHeight ? at.bottom + EDGE / 2 : at.top - height - EDGE / 2;
  const left = Math.min(side === "left" ? at.left : at.right - width, innerWidth - width - EDGE);
  popover.style.setProperty("--top", `${Math.max(EDGE, Math.min(below, innerHeight - height - EDGE))}px`);
  popover.style.setProperty("--left", `${Math.max(EDGE, left)}px`);
}
