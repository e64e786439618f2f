const { userId, userName = "", room, general } = document.body.dataset;
const form = document.querySelector("#sign-in");
const menu = document.querySelector("#account");

if (form instanceof HTMLFormElement) {
  const { SignIn } = await import("./sign-in.js");
  new SignIn(form);
} else if (menu instanceof HTMLElement) {
  const [{ Chat }, { Account }, { Keys }] = await Promise.all([
    import("./chat.js"),
    import("./account.js"),
    import("./keys.js"),
  ]);
  const chat = new Chat({ id: Number(userId), name: userName }, { general: Number(general), room: Number(room) });
  new Account(menu, chat);
  new Keys(chat);
  chat.start();
}

export {};
