/**
 * Make these the lines of a list, in this order. A line that stays is not touched: whoever presses it, or has the focus in it, goes on.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} lines
 */
export function arrange(list, lines) {
  const kept = new Set(lines);
  for (const line of [...list.children]) if (!kept.has(/** @type {HTMLElement} */ (line))) line.remove();
  lines.forEach((line, at) => {
    if (list.children[at] !== line) list.insertBefore(line, list.children[at] ?? null);
  });
}
