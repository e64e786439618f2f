import { Problem, request } from "./api.js";

const SHORTEST = 8; // characters in the password of a new name

/** The one form: a known name signs in, a new one is confirmed and registers. */
export class SignIn {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.nickname = /** @type {HTMLInputElement} */ (form.elements.namedItem("nickname"));
    this.password = /** @type {HTMLInputElement} */ (form.elements.namedItem("password"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(this.#asking);
    });
    this.#part("change").addEventListener("click", () => this.#change());
    this.#part("reveal").addEventListener("click", () => this.#reveal());
    this.nickname.addEventListener("input", () => this.#ask(false));
    this.nickname.focus();
    this.#part("submit").removeAttribute("disabled"); // until now, Enter would have sent the form the old way
  }
  #asking = false;
  #busy = false;

  /** @param {boolean} create */
  async #submit(create) {
    const nickname = this.nickname.value.trim();
    const password = this.password.value;
    if (this.#busy) return;
    if (!nickname) return this.#refuse("Choose a nickname.", this.nickname);
    if (!password) return this.#refuse("Type your password, or choose one for a new name.", this.password);
    if (create && [...password].length < SHORTEST) return this.#tooShort();
    this.#refuse("");
    this.#wait(true);
    try {
      const answer = await request("POST", "/sign-in", { nickname, password, create });
      if (answer.user) return location.reload();
      this.#wait(false);
      this.#ask(true, nickname);
      if ([...password].length < SHORTEST) this.#tooShort();
    } catch (error) {
      this.#wait(false);
      this.#answer(error, nickname);
    }
  }

  /** @param {unknown} error @param {string} nickname */
  #answer(error, nickname) {
    if (!(error instanceof Problem)) {
      this.#refuse("The server cannot be reached. Is the network all right? Try again.");
    } else if (error.code === "wrong_password") {
      this.#refuse(`This is not the password of “${nickname}”.`, this.password);
    } else {
      this.#refuse(error.message, ["unfit_nickname", "taken"].includes(error.code) ? this.nickname : this.password);
    }
  }

  /** A typing error must not make an account: ask before a name is created. @param {boolean} asking @param {string} nickname */
  #ask(asking, nickname = "") {
    this.#asking = asking;
    this.#part("confirm").hidden = !asking;
    this.#part("submit").hidden = asking;
    this.password.autocomplete = asking ? "new-password" : "current-password";
    if (!asking) return;
    this.#part("question").textContent = `Nobody is called “${nickname}” yet. Create this name?`;
    this.#part("create").focus();
  }

  #change() {
    this.#ask(false);
    this.#refuse("");
    this.nickname.focus();
    this.nickname.select();
  }

  #tooShort() {
    this.#refuse(`A new name needs a password of at least ${SHORTEST} characters.`, this.password);
  }

  #reveal() {
    const shown = this.password.type === "password";
    this.password.type = shown ? "text" : "password";
    this.#part("reveal").setAttribute("aria-pressed", String(shown));
    this.#part("reveal").textContent = shown ? "Hide" : "Show";
  }

  /** @param {string} sentence @param {HTMLInputElement} [field] */
  #refuse(sentence, field) {
    this.#part("error").textContent = sentence;
    this.#part("error").hidden = !sentence;
    for (const each of [this.nickname, this.password]) each.setAttribute("aria-invalid", String(each === field));
    field?.focus();
    if (field === this.password) field.select();
  }

  /** @param {boolean} busy */
  #wait(busy) {
    this.#busy = busy;
    this.form.classList.toggle("busy", busy);
    this.form.setAttribute("aria-busy", String(busy));
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return /** @type {HTMLElement} */ (this.form.querySelector(`[data-part="${name}"]`));
  }
}
