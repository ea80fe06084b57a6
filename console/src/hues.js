// Owns the colours of services: the same name has the same colour wherever room allows.

export const HUES = 10; // how many the style sheet has; "hue-x" is grey, for all the others

/** Return a number between 0 and HUES - 1 that depends on the name alone. */
export function hueOf(name) {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  return ((hash ^ (hash >>> 7)) >>> 0) % HUES;
}

/**
 * Give each of several names a colour of its own, as long as there are any; return name → class.
 *
 * `classes` is what was given before: a name keeps its colour while others come and go.
 */
export function hues(namesByWeight, classes = new Map()) {
  const taken = new Set([...classes.values()].map((name) => Number(name.slice(4))));
  taken.delete(NaN); // the grey of those that came too late
  for (const name of namesByWeight) {
    if (classes.has(name)) continue;
    if (taken.size === HUES) {
      classes.set(name, 'hue-x');
      continue;
    }
    let hue = hueOf(name);
    while (taken.has(hue)) hue = (hue + 1) % HUES;
    taken.add(hue);
    classes.set(name, `hue-${hue}`);
  }
  return classes;
}
