// Narrows a list that is on the page: entries without every word typed are hidden, and groups left without an entry.
// Enter goes to the first entry that is left.
(() => {
  "use strict";

  const box = document.querySelector("[data-list-filter]");
  if (!box) return;
  const input = box.querySelector("input");
  const found = box.querySelector('[data-part="found"]');
  const items = [...document.querySelectorAll("[data-filter-item]")];
  const groups = [...document.querySelectorAll("[data-filter-group]")];
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const said = new Map(items.map((item) => [item, folded(`${item.textContent} ${item.dataset.filterItem}`)]));

  const narrow = () => {
    const words = folded(input.value).split(/\s+/).filter(Boolean);
    for (const item of items) item.hidden = !words.every((word) => said.get(item).includes(word));
    for (const group of groups) group.hidden = !group.querySelector("[data-filter-item]:not([hidden])");
    const left = items.filter((item) => !item.hidden).length;
    found.textContent = words.length ? `${left} of ${items.length} left` : "";
  };

  input.addEventListener("input", narrow);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    items.find((item) => !item.hidden)?.querySelector("a, input")?.focus();
  });
  box.hidden = false;
  narrow();
})();
