// Keeps what is typed of a contact while it is typed, and on leaving. Without this script a button does the same.
(() => {
  "use strict";

  const form = document.querySelector("form[data-draft-url]");
  const told = form?.querySelector("[data-draft-told]");
  if (!form || !told) return;
  const WAIT = 2_000;
  let due = 0;
  let isDirty = false;
  let isSent = false;

  const keep = async () => {
    clearTimeout(due);
    if (!isDirty || isSent) return;
    isDirty = false;
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "draft" },
      keepalive: true,
      redirect: "manual",
    }).catch(() => null);
    if (answer?.status === 200 || answer?.status === 409) {
      told.textContent = await answer.text();
      if (answer.ok && !isDirty) form.dispatchEvent(new CustomEvent("draft:kept", { bubbles: true }));
      return;
    }
    isDirty = true;
    told.textContent = "Not kept: the server could not be reached, or you were signed out. What you typed is still on this page.";
  };

  const typed = () => {
    isDirty = true;
    clearTimeout(due);
    due = setTimeout(keep, WAIT);
  };
  form.addEventListener("input", typed);
  document.addEventListener("submit", (event) => {
    if (event.target === form) {
      isSent = true;
      clearTimeout(due);
      return;
    }
    // Another form of this page, such as the timer's, leads away: first the words are kept, then it is sent.
    if (!isDirty || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const other = event.target;
    keep().then(() => other.submit());
  }, true);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep());
  window.addEventListener("pagehide", keep);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) isSent = false;
  });
})();
