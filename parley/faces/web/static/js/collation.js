const order = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });

/** The order in which names of people and rooms are listed. @param {string} a @param {string} b */
export function compareNames(a, b) {
  return order.compare(a, b);
}
