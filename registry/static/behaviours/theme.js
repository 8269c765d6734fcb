// Applies the chosen theme before the page is painted; without a choice the system's preference stands.
(() => {
  "use strict";
  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.bsTheme = chosen;
  } catch {
    // Storage is refused: the system's preference stands.
  }
})();
