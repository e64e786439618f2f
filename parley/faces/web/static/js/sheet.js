/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/** Have a style sheet that the first view does not need; asked for once, and again after a failure. @param {string} name */
export function styled(name) {
  const loading = sheets.get(name) ?? load(addressOf(`css/${name}.css`));
  sheets.set(name, loading);
  loading.catch(() => sheets.delete(name));
  return loading;
}

/** The address of one of our static files, of the same version as this one. @param {string} path */
export function addressOf(path) {
  return new URL(`../${path}`, import.meta.url).href;
}

/** @param {string} href @returns {Promise<void>} */
function load(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(`${href} could not be loaded.`));
    };
    document.head.append(link);
  });
}
