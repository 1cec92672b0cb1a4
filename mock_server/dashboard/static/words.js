// Texts about requests.

// Characters that order the text around them, or hide: an unclosed one would garble what follows.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Return a text of a client with its invisible characters in words, "‹U+202E›". Line breaks and tabs stay. */
export function visible(text) {
  return text.replace(INVISIBLE, (each) => `‹U+${each.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}›`);
}

/** Return a value as JSON for code that is shown and copied: with its invisible characters as escapes, "\\u202e". */
export function escaped(value) {
  return JSON.stringify(value).replace(INVISIBLE, (each) => `\\u${each.codePointAt(0).toString(16).padStart(4, "0")}`);
}

/** Return the time of day of an instant, to the second. */
export function timeOf(instant) {
  return instant.slice(11, 19);
}

/** Return the date of an instant and a space, where it is not the date of `now` in milliseconds; else "". */
export function dateOf(instant, now) {
  const date = instant.slice(0, 10);
  const today = now === null ? date : new Date(now).toISOString().slice(0, 10);
  if (date === today) return "";
  return `${date.slice(0, 4) === today.slice(0, 4) ? date.slice(5) : date} `;
}

const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]];

/** Return how long ago an instant is, in its largest unit: "3 min ago". now: in milliseconds, on the same clock. */
export function ago(instant, now) {
  const passed = Math.round((now - Date.parse(instant)) / 1000);
  if (passed === 0) return "now";
  const [unit, size] = UNITS.find((each) => Math.abs(passed) >= each[1]);
  const amount = `${grouped(Math.floor(Math.abs(passed) / size))} ${unit}`;
  return passed > 0 ? `${amount} ago` : `in ${amount}`;
}

const INSTANT = /\b\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*Z/g;

/** Return a text with its instants short, where they are of the day of `now`. */
export function withTimes(text, now) {
  return text.replace(INSTANT, (whole, time) => `${dateOf(whole, now)}${time}`);
}

/** Return the milliseconds of an instant, ".250". */
export function fractionOf(instant) {
  return instant.slice(19, 23);
}

/** Return a duration in milliseconds or seconds. */
export function seconds(duration) {
  return duration < 1 ? `${Math.round(duration * 1000)} ms` : `${duration.toFixed(1)} s`;
}

/** Return the outcome of a request. kind: "good", "refused", "failed", "lost" or "begun". */
export function outcome(entry) {
  if (entry.in_progress) return { kind: "begun", text: "running" };
  if (entry.status === null) return { kind: "lost", text: "lost" };
  const text = entry.complete ? String(entry.status) : `${entry.status} cut`;
  if (entry.status >= 500) return { kind: "failed", text };
  if (entry.status >= 400) return { kind: "refused", text };
  return { kind: entry.complete ? "good" : "lost", text };
}

/** Return a one-line summary of a request: the reason for a refusal, or the prompt. */
export function summarize(entry) {
  if (entry.message) return visible(entry.message);
  const made = entry.made.length ? ` → ${count(entry.made.length, "image")}` : "";
  if (entry.prompt) return `${visible(entry.prompt)}${made}`;
  if (entry.picture) return visible(entry.picture);
  const query = entry.query ? `?${entry.query}` : "";
  return visible(entry.operation ? query : `${entry.method} ${entry.path}${query}`); // the operation says the rest
}

/** Return a number with separators: "1,000". */
export function grouped(number) {
  return number.toLocaleString("en");
}

/** Return a number with its noun: "1 image", "2 images". */
export function count(number, thing) {
  return number === 1 ? `1 ${thing}` : `${grouped(number)} ${thing}s`;
}
