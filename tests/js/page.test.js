import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { test } from "node:test";
import { hueOf, initialsOf } from "../../parley/faces/web/static/js/avatar.js";
import { pause } from "../../parley/faces/web/static/js/connection.js";
import { dayOf } from "../../parley/faces/web/static/js/time.js";

const web = new URL("../../parley/faces/web/", import.meta.url);
const read = (path) => readFile(new URL(path, web), "utf8");

/** The modules that a module loads, and those that these load. */
async function loadedBy(name, seen = new Set()) {
  for (const [, other] of (await read(`static/js/${name}.js`)).matchAll(/^import [^"]*"\.\/([^"]+)\.js";$/gm)) {
    if (!seen.has(other)) await loadedBy(other, seen.add(other));
  }
  return seen;
}

test("the page asks at once for every module that the chat loads, and for no other", async () => {
  const preloaded = await listed("page", /{% for module in \[(.*?)\] %}/s);
  const loaded = await loadedBy("screen", await loadedBy("keys", await loadedBy("main", new Set(["screen", "keys"]))));
  assert.deepEqual(preloaded.toSorted(), [...loaded].toSorted());
});

test("every style sheet belongs to a page or a window, and each page asks for all of its own at once", async () => {
  const asked = new Set();
  for (const [file, pattern] of [["base", /\((\[.*?\]) \+ sheets/s], ["page", /sheets = (.*?) %}/s], ["error", /sheets = (.*?) %}/s]]) {
    const [, list] = pattern.exec(await read(`templates/${file}.html`));
    for (const [, name] of list.matchAll(/"([^"]+)"/g)) asked.add(`${name}.css`);
  }
  for (const [, list] of (await read("static/js/windows.js")).matchAll(/sheets: \[(.*?)\]/g)) {
    for (const [, name] of `"windows", ${list}`.matchAll(/"([^"]+)"/g)) asked.add(`${name}.css`);
  }
  for (const file of ["popups", "aside", "searching", "attach", "files", "windows/prompter"]) {
    for (const [, name] of (await read(`static/js/${file}.js`)).matchAll(/styled\("(.*?)"\)/g)) asked.add(`${name}.css`);
  }
  const files = await readdir(new URL("static/css/", web));
  assert.deepEqual([...asked].toSorted(), files.toSorted());
  for (const file of files) {
    const sheet = await read(`static/css/${file}`);
    assert.doesNotMatch(sheet, /@import/, `${file}: a sheet that is found late is loaded late`);
    assert.ok(sheet.split("\n").length <= 200, `${file} is one noun`);
  }
});

/** The names in the first list of a template that this pattern finds. */
async function listed(template, pattern) {
  const [, list] = pattern.exec(await read(`templates/${template}.html`));
  return [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
}

test("no template holds a script or a style of its own, which the policy would refuse", async () => {
  for (const file of await readdir(new URL("templates/", web))) {
    const template = await read(`templates/${file}`);
    assert.doesNotMatch(template, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/, file);
  }
});

/** The value of a property in the light theme and in the dark one. */
function pair(css, pattern) {
  const [, light, dark] = new RegExp(`${pattern}: light-dark\\((oklch\\([^;]+?\\)\\)|#\\w+), (oklch\\([^;]+?\\)\\)|#\\w+)\\);`).exec(css);
  return [light, dark];
}

/** The luminance of `oklch(L C var(--hue, …))` in a hue. */
function ofHue(colour, hue) {
  const [, lightness, chroma] = /^oklch\(([\d.]+) ([\d.]+) var/.exec(colour);
  return luminance(oklch(lightness, chroma, hue));
}

test("names are readable in every hue, in light and in dark", async () => {
  const [tokens, person] = [await read("static/css/tokens.css"), await read("static/css/person.css")];
  const [names, faces, initials] = ["\\.author {\\s+color", "background", "\\n  color"].map((name) => pair(person, name));
  for (const theme of [0, 1]) {
    for (let hue = 0; hue < 360; hue += 1) {
      for (const ground of ["ground", "panel", "hover", "accent-soft", "called"]) {
        const ratio = contrast(ofHue(names[theme], hue), luminance(hex(pair(tokens, `--${ground}`)[theme])));
        assert.ok(ratio >= 4.5, `hue ${hue} on ${ground}: ${ratio.toFixed(2)}`);
      }
      assert.ok(contrast(ofHue(initials[theme], hue), ofHue(faces[theme], hue)) >= 4.5);
    }
  }
});

test("other text is readable on every ground it stands on", async () => {
  const css = await read("static/css/tokens.css");
  for (const theme of [0, 1]) {
    const colour = (name) => luminance(hex(pair(css, `--${name}`)[theme]));
    for (const [text, ...grounds] of [
      ["text", "ground", "panel", "raised", "hover", "line", "accent-soft", "called"],
      ["muted", "ground", "panel", "raised", "hover", "accent-soft", "called"],
      ["accent", "ground", "panel", "raised", "hover", "accent-soft"],
      ["danger", "ground", "raised", "hover", "danger-soft"],
      ["on-accent", "accent"],
      ["on-call", "call"],
      ["on-mine", "mine"],
    ]) {
      for (const ground of grounds) {
        const ratio = contrast(colour(text), colour(ground));
        assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
    assert.ok(contrast(colour("field"), colour("ground")) >= 3, "the border of a field (WCAG 1.4.11)");
  }
});

test("neighbours in number are far apart in hue", () => {
  for (let id = 1; id < 500; id += 1) {
    const apart = Math.abs(hueOf(id) - hueOf(id + 1));
    assert.ok(Math.min(apart, 360 - apart) > 60);
  }
});

test("initials are whole letters of any script", () => {
  assert.deepEqual(["ana", "Ben van Okafor", "zoë_k", "👩‍🚀 x", "عمر", ""].map(initialsOf), ["A", "BO", "ZK", "👩‍🚀X", "ع", ""]);
});

test("days have names near today", () => {
  const now = new Date(2026, 2, 1, 12);
  const day = (...at) => dayOf(new Date(...at).toISOString(), now);
  assert.equal(day(2026, 2, 1, 0, 0), "Today");
  assert.equal(day(2026, 1, 28, 23, 59), "Yesterday");
  assert.match(day(2026, 1, 27), /27/);
  assert.match(day(2025, 1, 27), /2025/);
});

test("attempts to connect spread out and slow down", () => {
  assert.ok(pause(0, 1006, 1) <= 600);
  assert.ok(pause(3, 1006, 0) < pause(3, 1006, 1) / 10, "full jitter");
  assert.ok(pause(50, 1006, 1) <= 15_100);
  assert.ok(pause(5, 1012, 1) <= 1_000, "a restarting server is soon back");
  assert.ok(pause(0, 1008, 0) >= 10_000, "whoever was too fast waits longer");
});

/** WCAG 2.2: the ratio of two relative luminances. */
function contrast(a, b) {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance([r, g, b]) {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Linear RGB of #rrggbb. */
function hex(colour) {
  const channels = colour.match(/\w\w/g).map((two) => parseInt(two, 16) / 255);
  return channels.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
}

/** Linear RGB of an OKLCH colour, clipped to what a screen shows (CSS Color 4 §10). */
function oklch(lightness, chroma, hue) {
  const [L, C, h] = [Number(lightness), Number(chroma), (hue * Math.PI) / 180];
  const [a, b] = [C * Math.cos(h), C * Math.sin(h)];
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((value) => Math.min(1, Math.max(0, value)));
}
