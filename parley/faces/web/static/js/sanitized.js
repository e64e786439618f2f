import { messageOf, numberOf, threadOf } from "./address.js";

/**
 * The one place where HTML enters the page: what the server rendered and sanitized (`parley/text.py`).
 * Everything else goes in by `textContent`.
 * @param {Element} element  its children are replaced
 * @param {string} html
 * @param {(room: number) => string} [roomOf]  the name of a room that a link leads to; empty when it is none of the reader's
 */
export function showSanitized(element, html, roomOf = () => "") {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (template.content.querySelectorAll("a[href]"))) {
    if (leadsHere(link)) {
      local(link, roomOf);
      continue;
    }
    link.setAttribute("target", "_blank");
    link.setAttribute("rel", "noopener noreferrer nofollow ugc");
  }
  // A wide block scrolls by itself, so it has to be reachable by keyboard.
  for (const block of template.content.querySelectorAll("pre, table")) block.setAttribute("tabindex", "0");
  element.replaceChildren(template.content);
}

/** Whether a link leads to a room of this server, or into one. @param {HTMLAnchorElement} link */
function leadsHere({ origin, pathname }) {
  return origin === location.origin && /^\/rooms\/\d+(\/(messages|threads)\/\d+)?$/.test(pathname);
}

/** It is followed within the page, and is short when it would show a bare address. @param {HTMLAnchorElement} link @param {(room: number) => string} roomOf */
function local(link, roomOf) {
  link.dataset["room"] = "";
  link.removeAttribute("target");
  if (!/^https?:/.test(link.textContent ?? "")) return;
  const room = roomOf(numberOf(link.pathname));
  const what = messageOf(link.pathname) ? "message" : threadOf(link.pathname) ? "thread" : "";
  link.textContent = room ? `${what && `${what} in `}${room}` : `a ${what || "room"}`;
}

/**
 * The text of what the server rendered, to be spoken. Parsed in a document of its own, where nothing runs or loads.
 * @param {string} html
 */
export function textOf(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent?.trim() ?? "";
}
