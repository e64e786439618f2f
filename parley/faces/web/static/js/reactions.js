/** @import {Reaction} from "./wire.js" */
/** @import {Context} from "./message.js" */

const NAMED = 12; // people named under one emoji

/**
 * What a chip says and shows. Pure.
 * @param {Reaction} reaction
 * @param {Context} context
 */
export function chip({ emoji, users }, { me, nameOf }) {
  const mine = users.includes(me);
  const others = users.filter((id) => id !== me);
  const named = others.slice(0, mine ? NAMED - 1 : NAMED);
  const names = [...(mine ? ["you"] : []), ...named.map(nameOf).filter(Boolean)];
  const rest = others.length - named.length;
  const last = rest ? `${rest} more` : (names.pop() ?? "");
  return { emoji, count: users.length, mine, who: names.length ? `${names.join(", ")} and ${last}` : last };
}

/**
 * Draw the chips below a message. A chip that stays is the same button as before, so that it keeps the focus.
 * @param {HTMLElement} place
 * @param {ReturnType<typeof chip>[]} chips
 * @param {string[]} waiting  emoji whose change has no answer yet
 */
export function showReactions(place, chips, waiting) {
  const known = new Map([...place.querySelectorAll("button")].map((button) => [button.dataset["emoji"], button]));
  const buttons = chips.map(({ emoji, count, mine, who }) => {
    const button = known.get(emoji) ?? blank(emoji, place);
    /** @type {HTMLElement} */ (button.lastElementChild).textContent = String(count);
    button.setAttribute("aria-pressed", String(mine));
    button.setAttribute("aria-label", `${emoji} ${count}: ${who}`);
    button.title = who;
    button.classList.toggle("waiting", waiting.includes(emoji));
    return button;
  });
  const more = known.get("") ?? blank("", place);
  if (chips.length) buttons.push(more);
  const focused = place.contains(document.activeElement);
  for (const button of known.values()) if (!buttons.includes(button)) button.remove();
  buttons.forEach((button, at) => {
    if (place.children[at] !== button) place.insertBefore(button, place.children[at] ?? null);
  });
  // The chip that had the focus is gone: its message has it now, not the page.
  if (focused && !place.contains(document.activeElement)) /** @type {HTMLElement} */ (place.closest("chat-message")).focus();
}

/** @param {string} emoji  none: the button that adds one @param {HTMLElement} place */
function blank(emoji, place) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(emoji ? "chip" : "add-chip"));
  const button = /** @type {HTMLButtonElement} */ (template.content.firstElementChild?.cloneNode(true));
  button.dataset["emoji"] = emoji;
  button.tabIndex = place.closest("chat-message")?.matches(":focus-within") ? 0 : -1;
  if (emoji) /** @type {HTMLElement} */ (button.firstElementChild).textContent = emoji;
  return button;
}
