// Elements, made and changed. Whatever was said by somebody becomes text, never markup.

/** Return a new element. properties: attributes by name, `class` and `data-…` too; a function listens. */
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

/** Return the element of a pane that plays a part. */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}

/** Write a text where it is not written already. */
export function write(node, text) {
  const wanted = String(text);
  if (node.textContent !== wanted) node.textContent = wanted;
}

/** Show a problem, or with an empty text hide it. */
export function complain(node, text) {
  write(node, text);
  node.hidden = !text;
}

/** Have the children of a node be those of a list, in its order, and move only what is not in its place. */
export function arrange(node, children) {
  const wanted = new Set(children);
  for (const child of [...node.children]) if (!wanted.has(child)) child.remove();
  children.forEach((child, place) => {
    if (node.children[place] !== child) node.insertBefore(child, node.children[place] ?? null);
  });
}

/** Return JSON as a person reads it; any other text as it is. */
export function readable(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
