// Warns before an idle session ends. Opening any page keeps it alive, so another tab's activity counts as well.
(() => {
  "use strict";

  const dialog = document.getElementById("session-warning");
  if (!dialog?.showModal) return;
  const idle = Number(dialog.dataset.idleSeconds) * 1000;
  const notice = Math.min(120_000, idle / 2);
  const left = dialog.querySelector("[data-time-left]");
  const STORED = "session-seen";

  const remember = () => {
    try {
      localStorage.setItem(STORED, String(Date.now()));
    } catch {
      // Storage is refused: this tab counts for itself.
    }
  };
  const loadedAt = Date.now();
  const seen = () => {
    try {
      return Math.max(loadedAt, Number(localStorage.getItem(STORED)) || 0);
    } catch {
      return loadedAt;
    }
  };
  const words = (milliseconds) => {
    const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
    if (seconds > 60) return `${Math.ceil(seconds / 60)} minutes`;
    return seconds === 1 ? "1 second" : `${seconds} seconds`;
  };

  const look = () => {
    const remaining = seen() + idle - Date.now();
    if (remaining <= 0) {
      left.textContent = "a moment";
      // Nothing is thrown away here: saving asks to sign in again and carries on.
      dialog.querySelector(".dialog__title").textContent = "You have been signed out";
      dialog.querySelector("p").textContent = "What you typed is still on this page. When you save, you will be asked to sign in first.";
      dialog.querySelector("[data-stay]").textContent = "Close";
      clearInterval(timer);
      if (!dialog.open) dialog.showModal();
      return;
    }
    left.textContent = words(remaining);
    if (remaining <= notice && !dialog.open) dialog.showModal();
    if (remaining > notice && dialog.open) dialog.close();
  };

  dialog.querySelector("[data-stay]").addEventListener("click", async () => {
    dialog.close();
    if (seen() + idle <= Date.now() || !dialog.dataset.stayUrl) return;
    const answer = await fetch(dialog.dataset.stayUrl, { redirect: "error" }).catch(() => null);
    if (answer?.ok) remember();
  });
  document.addEventListener("htmx:after:request", remember);
  remember();
  const timer = setInterval(look, 1000);
})();
