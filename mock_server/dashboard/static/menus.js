// Menus close when something else is clicked, when a button in them has done its work, and by Escape.

const opened = () => document.querySelectorAll("details.menu[open]");

/** Listen for what closes a menu. */
export function closeMenus() {
  document.addEventListener("click", ({ target }) => {
    for (const menu of opened()) if (!menu.contains(target) || target.closest("button")) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of opened()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}
