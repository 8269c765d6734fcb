// Shows how long the running contact takes. The server knows when it began: here it is only told, also after a sleep.
(() => {
  "use strict";

  const shown = document.querySelector("[data-timer-seconds]");
  if (!shown) return;
  const began = Date.now() - Number(shown.dataset.timerSeconds) * 1000;
  const two = (number) => String(number).padStart(2, "0");

  const tell = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - began) / 1000));
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    shown.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  };
  tell();
  setInterval(tell, 1000);
})();
