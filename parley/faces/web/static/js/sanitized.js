/**
 * The one place where HTML enters the page: what the server rendered and sanitized (`parley/text.py`).
 * Everything else goes in by `textContent`.
 * @param {Element} element  its children are replaced
 * @param {string} html
 */
export function showSanitized(element, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const link of template.content.querySelectorAll("a[href]")) {
    link.setAttribute("target", "_blank");
    link.setAttribute("rel", "noopener noreferrer nofollow ugc");
  }
  // A wide block scrolls by itself, so it has to be reachable by keyboard.
  for (const block of template.content.querySelectorAll("pre, table")) block.setAttribute("tabindex", "0");
  element.replaceChildren(template.content);
}

/**
 * The text of what the server rendered, to be spoken. Parsed in a document of its own, where nothing runs or loads.
 * @param {string} html
 */
export function textOf(html) {
  return new DOMParser().parseFromString(html, "text/html").body.textContent?.trim() ?? "";
}
