// Texts about requests.

// The fields that hold the prompt of an engine.
const PROMPTS = JSON.parse(document.getElementById("worlds").dataset.prompts);

/** Return the time of day of an instant, to the second. */
export function timeOf(instant) {
  return instant.slice(11, 19);
}

/** Return the milliseconds of an instant, ".250". */
export function fractionOf(instant) {
  return instant.slice(19, 23);
}

/** Return a duration in milliseconds or seconds. */
export function seconds(duration) {
  return duration < 1 ? `${Math.round(duration * 1000)} ms` : `${duration.toFixed(1)} s`;
}

/** Return the outcome of a request. kind: "good", "refused", "failed" or "lost". */
export function outcome(entry) {
  if (entry.status === null) return { kind: "lost", text: "no response" };
  const text = entry.complete ? String(entry.status) : `${entry.status} cut`;
  if (entry.status >= 500) return { kind: "failed", text };
  if (entry.status >= 400) return { kind: "refused", text };
  return { kind: entry.complete ? "good" : "lost", text };
}

/** Return a one-line summary of a request: the reason for a refusal, or the prompt. */
export function summarize(entry) {
  if (entry.why) return entry.why.message;
  const prompt = PROMPTS.map((name) => entry.fields[name]).find((each) => typeof each === "string");
  const made = entry.made.length ? ` → ${count(entry.made.length, "image")}` : "";
  if (prompt !== undefined) return `${prompt}${made}`;
  return entry.picture ?? `${entry.method} ${entry.path}${entry.query ? `?${entry.query}` : ""}`;
}

/** Return a number with its noun: "1 image", "2 images". */
export function count(number, thing) {
  return number === 1 ? `1 ${thing}` : `${number} ${thing}s`;
}
