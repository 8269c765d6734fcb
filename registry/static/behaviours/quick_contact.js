// One line below a row to log a contact by: the row's own link opens it, Escape closes it, and the row is in focus again.
// Without this script, or without htmx, the link leads to the whole form.
(() => {
  "use strict";

  const lineBelow = (row) => {
    const next = row?.nextElementSibling;
    return next?.matches("[data-quick-row]") ? next : null;
  };
  const close = (line) => {
    const row = line.previousElementSibling;
    line.remove();
    row?.querySelector("[data-row-link]")?.focus();
  };

  // A line that is open is not opened a second time; one that says what was saved makes room for the next.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-quick]");
    const line = lineBelow(opener?.closest("tr"));
    if (!line) return;
    if (!line.querySelector("form")) {
      line.remove();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    line.querySelector("select, input:not([type=hidden])")?.focus();
  }, true);

  document.addEventListener("click", (event) => {
    const line = event.target.closest("[data-quick-close]")?.closest("[data-quick-row]");
    if (line) close(line);
  });
  document.addEventListener("keydown", (event) => {
    const line = event.key === "Escape" && event.target.closest?.("[data-quick-row]");
    if (line) close(line);
  });

  // What the row says is out of date once a contact is saved: it is fetched anew, and stays ticked and in focus.
  const renew = async (row) => {
    const source = row?.closest("[data-row-source]")?.dataset.rowSource;
    const tick = row?.querySelector(".row-check");
    if (!source || !tick) return;
    const answer = await fetch(source.replace("{episode}", tick.value), { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = document.createElement("tbody");
    fresh.innerHTML = await answer.text();
    const renewed = fresh.firstElementChild;
    if (!renewed?.matches("[data-row]")) return;
    const held = row.contains(document.activeElement);
    renewed.querySelector(".row-check").checked = row.querySelector(".row-check").checked;
    row.replaceWith(renewed);
    htmx.process(renewed);
    if (held) renewed.querySelector("[data-row-link]").focus();
  };

  document.addEventListener("htmx:after:swap", () => {
    const line = document.querySelector("[data-quick-row]:not([data-seen])");
    if (!line) return;
    line.dataset.seen = "yes";
    if (!line.querySelector("form")) renew(line.previousElementSibling);
    const wrong = line.querySelector(".field--invalid :is(input, select)");
    const first = wrong || line.querySelector("select");
    if (first) first.focus();
    else line.previousElementSibling?.querySelector("[data-row-link]")?.focus();
  });
})();
