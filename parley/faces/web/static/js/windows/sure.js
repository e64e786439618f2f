/**
 * A step that cannot be taken back is asked for once more: `[data-sure=ask]` gives way to `[data-sure=question]`, in which
 * `[data-sure=yes]` does it and `[data-sure=no]` does not.
 * @param {Element} place
 * @param {() => void} really
 * @param {() => boolean} [ready]  whether there is anything to be asked
 * @returns {() => void} asks no more
 */
export function sure(place, really, ready = () => true) {
  const [ask, question, yes, no] = ["ask", "question", "yes", "no"].map(
    (name) => /** @type {HTMLElement} */ (place.querySelector(`[data-sure=${name}]`)),
  );
  /** @param {boolean} asking */
  const show = (asking) => {
    if (ask) ask.hidden = asking;
    if (question) question.hidden = !asking;
  };
  ask?.addEventListener("click", (event) => {
    event.preventDefault();
    if (!ready()) return;
    show(true);
    no?.focus();
  });
  no?.addEventListener("click", () => {
    show(false);
    ask?.focus();
  });
  yes?.addEventListener("click", () => {
    show(false);
    really();
  });
  return () => show(false);
}
