const { userId, userName = "", room } = document.body.dataset;
const form = document.querySelector("#sign-in");
const menu = document.querySelector("#account");

if (form instanceof HTMLFormElement) {
  const { SignIn } = await import("./sign-in.js");
  new SignIn(form);
} else if (menu instanceof HTMLElement) {
  const [{ Chat }, { Account }] = await Promise.all([import("./chat.js"), import("./account.js")]);
  const chat = new Chat({ id: Number(userId), name: userName }, Number(room));
  new Account(menu, chat);
  chat.start();
}

export {};
