// The contents: the current section is marked, and a search leaves what matches.

const SECTIONS = "main article, main section > h3, main section > h2";
const NEAR_TOP = "-10% 0px -80% 0px";

/** Mark the link to the section at the top of the window. */
export function followSections(nav) {
  const links = new Map([...nav.querySelectorAll("a[href^='#']")].map((link) => [link.hash.slice(1), link]));
  const observer = new IntersectionObserver((entries) => {
    const entry = entries.findLast((each) => each.isIntersecting);
    if (entry) mark(nav, linkOf(entry.target, links));
  }, { rootMargin: NEAR_TOP });
  for (const node of document.querySelectorAll(SECTIONS)) observer.observe(node);
}

/** Return the link to a node, or to the last heading before it that has one. */
function linkOf(node, links) {
  for (let each = node; each; each = each.previousElementSibling ?? each.parentElement) {
    const link = links.get(each.getAttribute("aria-labelledby") ?? each.id);
    if (link) return link;
  }
  return null;
}

function mark(nav, link) {
  if (!link) return;
  nav.querySelector("[aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  if (nav.scrollHeight > nav.clientHeight) link.scrollIntoView({ block: "nearest" });
}

/** Let a form show only the articles that have a text. */
export function search(form) {
  const articles = [...document.querySelectorAll("main article")];
  const status = form.querySelector("[role=status]");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const needle = form.elements.text.value.trim().toLowerCase();
    for (const each of articles) each.hidden = needle !== "" && !each.textContent.toLowerCase().includes(needle);
    const found = articles.filter((each) => !each.hidden);
    status.textContent = needle ? `${found.length} of ${articles.length} parts` : "";
    if (needle) found[0]?.scrollIntoView();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    form.elements.text.focus();
  });
}
