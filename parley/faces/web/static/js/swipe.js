const DECIDED = 10; // pixels after which a touch goes this way or that
const FAR = 0.35; // of the width: let go there, it goes on by itself
const FAST = 0.5; // pixels a millisecond: the same
const SETTLING = 180; // milliseconds
const OWN = "input, textarea, select, dialog, [popover]"; // what a finger does there is not ours

/**
 * On a phone the rooms and the conversation are two screens: a finger moves the conversation away, forwards along the
 * text, and back. It does what the link back and the link of the room do. What scrolls sideways scrolls.
 */
export class Swipe {
  /** @type {{x: number, y: number, at: number, moved: number}|null} */
  #touch = null;
  #narrow = matchMedia("(max-width: 50rem)");
  #still = matchMedia("(prefers-reduced-motion: reduce)");

  /** @param {HTMLElement} conversation @param {HTMLElement} rooms  the two screens */
  constructor(conversation, rooms) {
    this.#conversation = conversation;
    for (const screen of [conversation, rooms]) {
      screen.addEventListener("pointerdown", (event) => this.#down(event));
      screen.addEventListener("pointermove", (event) => this.#move(event));
      screen.addEventListener("pointerup", (event) => void this.#up(event));
      screen.addEventListener("pointercancel", () => void this.#settle(false));
    }
  }
  #conversation;

  /** 1 where text goes to the right, -1 where it goes to the left. */
  get #forwards() {
    return getComputedStyle(document.body).direction === "rtl" ? -1 : 1;
  }

  get #listing() {
    return document.body.classList.contains("listing");
  }

  /** @param {PointerEvent} event */
  #down({ isPrimary, pointerType, target, clientX: x, clientY: y, timeStamp: at }) {
    this.#touch = null;
    if (!isPrimary || pointerType !== "touch" || !this.#narrow.matches || !(target instanceof Element)) return;
    if (target.closest(OWN) || scrollsSideways(target)) return;
    this.#touch = { x, y, at, moved: 0 };
  }

  /** @param {PointerEvent} event */
  #move({ currentTarget, pointerId, clientX, clientY }) {
    const touch = this.#touch;
    if (!touch) return;
    const [x, y] = [(clientX - touch.x) * this.#forwards, clientY - touch.y];
    if (!touch.moved) {
      if (Math.abs(y) > DECIDED || (this.#listing ? x > DECIDED : x < -DECIDED)) this.#touch = null;
      if (!this.#touch || Math.abs(x) < DECIDED) return;
      /** @type {Element} */ (currentTarget).setPointerCapture(pointerId);
    }
    touch.moved = x;
    if (!this.#still.matches) this.#show(this.#listing ? Math.min(0, x) + innerWidth : Math.max(0, x));
  }

  /** @param {PointerEvent} event */
  async #up({ timeStamp }) {
    const { at = 0, moved = 0 } = this.#touch ?? {};
    const way = this.#listing ? -moved : moved;
    await this.#settle(way > FAR * innerWidth || (way > DECIDED && way / (timeStamp - at) > FAST));
  }

  /** Move the rest of the way, or back. @param {boolean} go */
  async #settle(go) {
    if (!this.#touch?.moved) return;
    this.#touch = null;
    const leaves = this.#listing !== go;
    const here = getComputedStyle(this.#conversation).translate;
    const there = `${leaves ? this.#forwards * innerWidth : 0}px`;
    const duration = this.#still.matches ? 0 : SETTLING;
    if (duration) await this.#conversation.animate({ translate: [here, there] }, { duration, easing: "ease-out" }).finished;
    const link = document.querySelector(leaves ? ".bar .back" : ".rooms a[aria-current]");
    document.body.classList.remove("swiping");
    if (go && link instanceof HTMLElement) link.click();
  }

  /** Show both screens, the conversation so far away. @param {number} far */
  #show(far) {
    document.body.classList.add("swiping");
    this.#conversation.style.setProperty("--away", `${far * this.#forwards}px`);
  }
}

/** @param {Element} target */
function scrollsSideways(target) {
  for (let at = /** @type {Element|null} */ (target); at && !at.matches(".log, .rooms"); at = at.parentElement) {
    if (at.scrollWidth > at.clientWidth && /auto|scroll/.test(getComputedStyle(at).overflowX)) return true;
  }
  return false;
}
