// The pictures of a world, newest first.

import { address, reference } from "./api.js";
import { el, part, setChildren, setText } from "./dom.js";
import { count } from "./words.js";

const NO_BREAK = "\u00a0";

export class Gallery {
  #items = new Map();

  constructor(root) {
    this.root = root;
    this.list = part(root, "gallery");
  }

  show(world, { images, total }) {
    const items = new Map();
    for (const image of images) {
      const key = `${world.name}/${image.id}/${image.created_at}`;
      items.set(key, this.#items.get(key) ?? item(world, image));
    }
    this.#items = items;
    setChildren(this.list, [...items.values()]);
    setText(part(this.root, "made"), total);
    part(this.root, "no-pictures").hidden = images.length > 0;
  }
}

function item(world, image) {
  const source = address(`/worlds/${reference(world)}/images/${encodeURIComponent(image.title)}`);
  const picture = el("img", {
    src: source, alt: image.prompt, loading: "lazy", decoding: "async", width: image.width, height: image.height,
  });
  const facts = [image.engine, `${image.width}×${image.height}`, count(image.credits, "credit").replace(" ", NO_BREAK)];
  return el("li", {},
    el("figure", {},
      el("a", { href: source, target: "_blank", rel: "noopener" }, picture),
      el("figcaption", {}, el("span", { class: "prompt", title: image.prompt }, image.prompt), el("span", { class: "note" }, facts.join(" · ")))));
}
