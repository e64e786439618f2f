const KEYBOARD = 80; // pixels: whatever covers more is one

/**
 * Where an on-screen keyboard covers the page instead of making it smaller (Safari knows no `interactive-widget`), the
 * page takes only what is left, so that the field stands above the keyboard.
 */
export function followKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  const { style } = document.body;
  const fit = () => {
    const covered = view.scale === 1 && innerHeight - view.height > KEYBOARD;
    if (!covered) return style.removeProperty("--visible");
    style.setProperty("--visible", `${view.height}px`);
    scrollTo(0, 0); // the page was pushed up to show the field, which no longer needs that
  };
  view.addEventListener("resize", fit);
  fit();
}
