// Copying to the clipboard, which a browser may refuse.

/** Copy a text, and say in the note how it went. */
export async function copy(text, note) {
  try {
    await navigator.clipboard.writeText(text);
    note.textContent = "Copied.";
  } catch {
    note.textContent = "This browser blocks copying here. Select the text instead.";
  }
}
