// The pictures of a world, newest first.

import { address, reference } from "./api.js";
import { el, part, setChildren, setText } from "./dom.js";
import { count, grouped, visible } from "./words.js";

const TILE_PIXELS = 256;
const MAX_TILES = 30;

export class Gallery {
  #items = new Map();
  #shown = null;
  #most = MAX_TILES;

  constructor(root) {
    this.root = root;
    this.list = part(root, "gallery");
    part(root, "more-pictures").addEventListener("click", () => {
      this.#most = Infinity;
      this.show(this.#shown.world, this.#shown);
    });
  }

  /** Show the newest images; return how many are new on the page. */
  show(world, { images, total }) {
    const items = new Map();
    let fresh = 0;
    for (const image of images.slice(0, this.#most)) {
      const key = `${world.name}/${image.id}/${image.created_at}`;
      fresh += this.#items.has(key) ? 0 : 1;
      items.set(key, this.#items.get(key) ?? item(world, image));
    }
    this.#items = items;
    setChildren(this.list, [...items.values()]);
    setText(part(this.root, "made"), grouped(total));
    this.#shown = { world, images, total };
    part(this.root, "more-pictures").hidden = images.length <= this.#most;
    part(this.root, "no-pictures").hidden = images.length > 0;
    return fresh;
  }
}

function item(world, image) {
  const source = address(`/worlds/${reference(world)}/images/${encodeURIComponent(image.title)}`);
  const picture = el("img", {
    src: `${source}?width=${TILE_PIXELS}`, alt: visible(image.prompt), loading: "lazy", decoding: "async", width: image.width, height: image.height,
  });
  const facts = [`${image.engine}, ${count(image.credits, "credit")}`, `${image.width}×${image.height}`];
  return el("li", {},
    el("figure", {},
      el("a", { href: source, target: "_blank", rel: "noopener" }, picture),
      el("figcaption", {}, el("span", { class: "prompt", title: visible(image.prompt) }, visible(image.prompt)), ...facts.map((each) => el("span", { class: "note fact" }, each)))));
}
