// Creating and changing elements. Data becomes text, never markup.

/** Return a new element. properties: attributes by name; a function becomes an event listener. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Return the element of a pane with this `data-part`. */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/** Set the text of a node, unless it has that text already. */
export function setText(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Show an error message; hide the node for an empty text. */
export function showError(node, text) {
  setText(node, text);
  node.hidden = !text;
}

/** Set the children of a node, in order; nodes already in place are not moved and keep their focus. */
export function setChildren(node, children) {
  const wanted = new Set(children);
  for (const child of [...node.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, place) => {
    if (node.children[place] !== child) node.insertBefore(child, node.children[place] ?? null);
  });
}

/** Return JSON with indentation; any other text unchanged. */
export function formatJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const PARTS = "section[aria-label], nav[aria-label], [role=region], [role=search]";

/** Give the parts of a pane the name of its world, where there are two of each; "" for none. */
export function nameParts(root, world) {
  for (const each of root.querySelectorAll(PARTS)) {
    each.dataset.label ??= each.getAttribute("aria-label");
    each.setAttribute("aria-label", world ? `${each.dataset.label} of ${world}` : each.dataset.label);
  }
}
