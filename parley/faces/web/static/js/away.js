const PAUSE = 5_000;

/** The server cannot be reached, and there is nothing to show of anybody: says so, and loads the page when it can be. */
export class Away {
  constructor() {
    const template = /** @type {HTMLTemplateElement} */ (document.querySelector("#away"));
    document.body.className = "door";
    document.body.replaceChildren(template.content);
    addEventListener("online", () => void this.#ask());
    setInterval(() => void this.#ask(), PAUSE);
  }

  async #ask() {
    const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  }
}
