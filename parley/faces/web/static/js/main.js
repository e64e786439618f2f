const { userId, userName = "", room, general } = document.body.dataset;
const form = document.querySelector("#sign-in");
const composer = document.querySelector("#composer");

if (form instanceof HTMLFormElement) {
  const { SignIn } = await import("./sign-in.js");
  new SignIn(form);
} else if (composer instanceof HTMLElement) {
  const [{ Screen }, { Keys }] = await Promise.all([
    import("./screen.js"),
    import("./keys.js"),
  ]);
  const screen = new Screen({ id: Number(userId), name: userName }, { general: Number(general), room: Number(room) });
  new Keys(screen);
  screen.start();
}

export {};
