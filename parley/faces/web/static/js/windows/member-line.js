import { showPerson } from "../avatar.js";

/** @type {Record<string, string>} */
const ROLES = { owner: "Owner", moderator: "Moderator" };

/** Somebody in a room, as a line. Removing them is asked for once more. */
export class MemberLine {
  #drawn = "";

  /**
   * @param {HTMLTemplateElement} template
   * @param {number} user
   * @param {{change: (role: string) => void, remove: () => void}} asks
   */
  constructor(template, user, { change, remove }) {
    this.element = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
    this.#user = user;
    this.#part("button.person").dataset["about"] = String(user);
    this.#role = /** @type {HTMLSelectElement} */ (this.element.querySelector("select"));
    this.#role.addEventListener("change", () => change(this.#role.value));
    this.#part("[data-do=remove]").addEventListener("click", () => this.#ask(true));
    this.#part("[data-do=keep]").addEventListener("click", () => this.#ask(false));
    this.#part("[data-do=really]").addEventListener("click", remove);
  }
  #user;
  #role;

  /**
   * @param {{name: string, role: string, me: boolean, online: boolean}} member
   * @param {{change: boolean, remove: boolean}} may
   */
  draw({ name, role, me, online }, may) {
    const drawn = JSON.stringify([name, role, me, online, may]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    showPerson(this.element, this.#user, name);
    this.#part(".dot").hidden = !online;
    this.#part("[data-part=online]").textContent = online ? ", online" : "";
    this.#part("[data-part=role]").textContent = [may.change ? "" : (ROLES[role] ?? ""), me ? "you" : ""].filter(Boolean).join(", ");
    this.#role.hidden = !may.change;
    this.#role.value = role;
    this.#role.ariaLabel = `Role of ${name}`;
    const remove = this.#part("[data-do=remove]");
    remove.ariaLabel = `Remove ${name}`;
    this.#part("[data-part=sure]").ariaLabel = `Remove ${name}?`;
    if (!may.remove || this.#part("[data-part=sure]").hidden) this.#show(false, may.remove);
  }

  /** @param {boolean} asking */
  #ask(asking) {
    this.#show(asking, true);
    this.#part(asking ? "[data-do=really]" : "[data-do=remove]").focus();
  }

  /** @param {boolean} asking @param {boolean} may */
  #show(asking, may) {
    this.#part("[data-part=sure]").hidden = !asking;
    this.#part("[data-do=remove]").hidden = asking || !may;
    this.element.classList.toggle("asking", asking);
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.element.querySelector(selector));
  }
}
