// Ticking rows of a list: how many are ticked is said, one box ticks all of the page, and a button prints the page, or those ticked.
// Listens on the document, since a search brings a new list.
(() => {
  "use strict";

  const boxes = () => [...document.querySelectorAll("[data-rows] .row-check")];
  const tell = () => {
    const all = boxes();
    const ticked = all.filter((box) => box.checked).length;
    const number = document.querySelector("[data-chosen-number]");
    if (number) number.textContent = ticked ? `${ticked} ticked` : "";
    document.querySelector("[data-rows]")?.toggleAttribute("data-only-chosen", ticked > 0);
    const printed = document.querySelector("[data-printed]");
    if (printed) printed.textContent = ticked ? ` Of these only the ${ticked} ticked.` : "";
    const every = document.querySelector("[data-choose-all]");
    if (!every) return;
    every.hidden = false;
    const box = every.querySelector("input");
    box.checked = ticked > 0 && ticked === all.length;
    box.indeterminate = ticked > 0 && ticked < all.length;
    for (const button of document.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.textContent = ticked ? `Print those ticked (${ticked})` : "Print this page";
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-choose-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.closest("[data-choose-all], .row-check")) tell();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("htmx:after:swap", tell);
  document.addEventListener("htmx:finally:request", tell);
  window.addEventListener("pageshow", tell);
})();
