import { request } from "../api.js";

const PAUSE = 1_000;

/**
 * The account is gone. Above the page: how far what had to go with it has come; the server goes on without the page, too.
 * @param {{key: string, total: number, left: number, done: boolean}} removal
 */
export function farewell(removal) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "window farewell" });
  const title = Object.assign(document.createElement("h2"), { textContent: "Your account is gone", id: "farewell" });
  const state = Object.assign(document.createElement("p"), { role: "status" });
  const link = Object.assign(document.createElement("a"), { href: "/", className: "button", textContent: "Back to the door" });
  dialog.setAttribute("aria-labelledby", "farewell");
  dialog.append(title, state, link);
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(dialog);
  dialog.showModal();
  void follow(removal, (sentence) => {
    if (state.textContent !== sentence) state.textContent = sentence;
  });
}

/** @param {{key: string, total: number, left: number, done: boolean}} removal @param {(sentence: string) => void} tell */
async function follow(removal, tell) {
  let { total, left, done } = removal;
  while (!done) {
    tell(`${total - left} of ${total} messages have gone so far. It goes on without this window.`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    ({ total, left, done } = await request("GET", `/api/removals/${removal.key}`).catch(() => ({ total, left, done })));
  }
  tell("Everything that was to go with it has gone.");
}
