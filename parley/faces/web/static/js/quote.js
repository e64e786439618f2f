/**
 * Text as a quote of Markdown, with who wrote it and where it stands. Pure.
 * @param {string} source
 * @param {string} author
 * @param {string} link
 */
export function quote(source, author, link) {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  const name = author.replace(/[\\[\]*_`~<>]/g, "\\$&");
  return ["> " + `[${name}](${link}):`, ">", ...lines.map((line) => (line ? `> ${line}` : ">"))].join("\n");
}
