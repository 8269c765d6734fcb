// Keys: j and k move through table[data-rows]; a letter follows the link or presses the button that carries it as data-key,
// first in the row one is on, then on the page; a field or a fieldset that carries it gets the focus instead. In a fieldset
// with data-digits 1 to 9 choose its nth answer. "/" goes to the search, "?" shows all keys. Never while typing; only
// Control (or Command) and Enter save form[data-key-save] from any of its fields.
(() => {
  "use strict";

  const isTyping = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable || element.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=submit])"));

  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")];
  const rowLink = (row) => row.querySelector("[data-row-link]") || row.querySelector("a[href], button");

  const move = (step) => {
    const all = rows();
    if (!all.length) return false;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + step, 0), all.length - 1);
    const link = rowLink(all[next]);
    link?.focus();
    all[next].scrollIntoView({ block: "nearest" });
    return Boolean(link);
  };

  const press = (key) => {
    const row = document.activeElement?.closest("[data-row]");
    const selector = `[data-key="${CSS.escape(key)}"]`;
    const target = row?.querySelector(selector) || [...document.querySelectorAll(selector)].find((each) => !each.closest("[data-row]"));
    if (!target) return false;
    if (target.matches("fieldset")) (target.querySelector("input:checked") || target.querySelector("input"))?.focus();
    else if (target.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      target.focus();
      target.select?.();
    } else target.click();
    return true;
  };

  const choose = (digit, fieldset) => {
    const answer = [...(fieldset?.querySelectorAll("input[type=radio]") || [])][digit - 1];
    if (!answer) return false;
    answer.focus();
    answer.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.("form[data-key-save]");
    if (form && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-key-saves]"));
      return;
    }
    if (event.key === "Escape" && event.target.matches?.("input[type=search]")) {
      // A browser would empty the field as well: a moment later the whole list would be back, with somebody else first.
      event.preventDefault();
      event.target.blur();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    let done = false;
    if (event.key === "j" || event.key === "k") done = move(event.key === "j" ? 1 : -1);
    else if (event.key === "?") {
      document.getElementById("keys")?.showModal();
      done = true;
    } else if (/^[1-9]$/.test(event.key)) done = choose(Number(event.key), event.target.closest("[data-digits]"));
    else if (/^[a-z/]$/.test(event.key) && !event.target.closest("[data-measure-entry]")) done = press(event.key);
    if (done) event.preventDefault();
  });
})();
