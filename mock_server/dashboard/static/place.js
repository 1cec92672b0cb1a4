// The address of what the page shows, behind the #: worlds, a request, filters. It can be bookmarked and shared.

const KEY = "aiimage-mock-place"; // the reference reads it
const NAMES = ["world", "beside", "request", "compare", "scope", "operation", "status", "text"];

/** Return what the address names, by name. */
export function current() {
  const address = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(NAMES.filter((name) => address.get(name)).map((name) => [name, address.get(name)]));
}

/** Keep the address for the way back from the reference. */
export function keep() {
  sessionStorage.setItem(KEY, location.hash);
}

/** Go to another place, which Back leaves; undefined or empty values are left out. */
export function go(changes) {
  location.hash = written(changes);
}

/** Change the address of this place, for which Back has no stop. */
export function amend(changes) {
  history.replaceState(history.state, "", `#${written(changes)}`);
  keep();
}

function written(changes) {
  const place = { ...current(), ...changes };
  return new URLSearchParams(NAMES.filter((name) => place[name]).map((name) => [name, place[name]])).toString();
}
