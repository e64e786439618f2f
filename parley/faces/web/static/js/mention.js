/** @import {Context} from "./message.js" */

/**
 * The mentions in a text: by the names that people have now, those of the reader in another colour, each a button that
 * says who it is.
 * @param {Element} text
 * @param {Pick<Context, "me"|"nameOf">} context
 */
export function showMentions(text, { me, nameOf }) {
  for (const mention of text.querySelectorAll(".mention")) {
    if (!(mention instanceof HTMLElement)) continue;
    const { user = "" } = mention.dataset;
    mention.classList.toggle("mine", user === "room" || user === String(me));
    if (user === "room") continue;
    const name = nameOf(Number(user));
    if (name) mention.textContent = `@${name}`;
    if (mention.role) continue;
    Object.assign(mention.dataset, { window: "person", about: user });
    mention.role = "button";
    mention.tabIndex = -1;
    mention.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      mention.click();
    });
  }
}
