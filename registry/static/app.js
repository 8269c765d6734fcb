// What every page shares. Each behaviour improves a page that already works without it.
(() => {
  "use strict";

  const announce = (words) => {
    const region = document.getElementById("announcements");
    if (region) region.textContent = words;
  };

  // The token against forged requests goes with every htmx request that changes something.
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token && !["GET", "HEAD"].includes(request.method.toUpperCase())) request.headers["X-CSRFToken"] = token.content;
  });

  // A session that ended answers with the sign-in page, which belongs in the window and not inside this page.
  document.addEventListener("htmx:after:request", (event) => {
    const { response, text } = event.detail.ctx;
    if (!response.raw.redirected || !/<body class="bare/.test(text)) return;
    event.preventDefault();
    location.assign(response.raw.url);
  });
  document.addEventListener("htmx:error", () => announce("The server could not be reached. Try again in a moment."));

  // Light, dark, or as the system prefers: the button goes round the three.
  const THEMES = ["system", "light", "dark"];
  const NAMES = { system: "Theme: as system", light: "Theme: light", dark: "Theme: dark" };
  const theme = () => document.documentElement.dataset.bsTheme || "system";
  const showTheme = () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      const label = button.querySelector("[data-theme-label]");
      if (label) label.textContent = NAMES[theme()];
    }
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
    try {
      if (next === "system") localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // Storage is refused: the choice lasts for this page.
    }
    if (next === "system") delete document.documentElement.dataset.bsTheme;
    else document.documentElement.dataset.bsTheme = next;
    showTheme();
    announce(NAMES[next]);
    document.dispatchEvent(new CustomEvent("theme:change"));
  });

  // A link that opens a dialog of this page; without this script it leads to a page that asks the same.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (!dialog?.showModal || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    dialog.showModal();
  });

  // Print this page; copy the text of a field. Without this script the browser's own menu does both.
  document.addEventListener("click", async (event) => {
    if (event.target.closest("[data-prints]")) window.print();
    const button = event.target.closest("[data-copies]");
    const field = button && document.getElementById(button.dataset.copies);
    if (!field) return;
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return announce("Not copied. The text is selected: press Control and C");
    }
    announce("Copied");
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });

  // A second click does nothing twice, and leaving with unsaved words asks first.
  const changed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[method=post]");
    if (form && !form.matches("[data-repeatable]")) changed.add(form);
  });
  document.addEventListener("draft:kept", (event) => changed.delete(event.target));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-repeatable]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    changed.delete(form);
    event.submitter?.setAttribute("aria-busy", "true");
  });
  const release = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
    }
  };
  document.addEventListener("htmx:finally:request", release);
  window.addEventListener("pageshow", (event) => event.persisted && release());
  window.addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", () => {
    showTheme();
    for (const button of document.querySelectorAll("[data-prints], [data-copies]")) button.hidden = false;
    // On a phone the tabs are wider than the page: the one that is open is brought into sight.
    const open = document.querySelector(".tabs__link[aria-current]");
    const tabs = open?.closest(".tabs");
    if (tabs) tabs.scrollLeft = open.getBoundingClientRect().left - tabs.getBoundingClientRect().left - tabs.clientWidth / 3;
    document.querySelector("[data-focus]")?.focus();
  });
})();
