const { userId, userName = "", room, general } = document.body.dataset;
const form = document.querySelector("#sign-in");
const menu = document.querySelector("#account");

if (form instanceof HTMLFormElement) {
  const { SignIn } = await import("./sign-in.js");
  new SignIn(form);
} else if (menu instanceof HTMLElement) {
  const [{ Screen }, { Account }, { Keys }] = await Promise.all([
    import("./screen.js"),
    import("./account.js"),
    import("./keys.js"),
  ]);
  const screen = new Screen({ id: Number(userId), name: userName }, { general: Number(general), room: Number(room) });
  new Account(menu, screen);
  new Keys(screen);
  screen.start();
}

export {};
