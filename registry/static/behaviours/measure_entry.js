// Entering a measure from paper by digits: an answer leads to the next item, and the score, band, change and target follow.
// This only echoes; the score that counts is worked out by the server from the answers.
(() => {
  "use strict";

  const form = document.querySelector("[data-measure-entry]");
  const island = document.getElementById("instrument-outline");
  if (!form || !island) return;
  const outline = JSON.parse(island.textContent);
  const questions = [...form.querySelectorAll("[data-item]")];
  const points = new Map(outline.items.map((item) => [item.id, item.points]));
  const optional = new Set(outline.items.filter((item) => item.optional).map((item) => item.id));

  const choices = (question) => [...question.querySelectorAll("input[type=radio]")];
  const focusOn = (question) => {
    if (!question) return;
    const options = choices(question);
    (options.find((option) => option.checked) || options[0])?.focus({ preventScroll: true });
    question.scrollIntoView({ block: "nearest" });
  };
  const after = (question) => questions[questions.indexOf(question) + 1];
  const before = (question) => questions[questions.indexOf(question) - 1];
  const forward = (question) => {
    if (after(question)) focusOn(after(question));
    else form.querySelector("[data-after-items], button[type=submit]")?.focus();
  };

  form.addEventListener("keydown", (event) => {
    const question = event.target.closest?.("[data-item]");
    if (!question || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, input[type=text]")) return;
    if (/^[0-9]$/.test(event.key)) {
      const option = choices(question).find((each) => each.value === event.key);
      if (!option) return;
      option.checked = true;
      option.dispatchEvent(new Event("input", { bubbles: true }));
      option.dispatchEvent(new Event("change", { bubbles: true }));
      forward(question);
    } else if (event.key === "Backspace" || event.key === "ArrowUp") focusOn(before(question));
    else if (event.key === "ArrowDown") forward(question);
    else if (event.key === "Delete") {
      for (const option of choices(question)) option.checked = false;
      showScores();
    } else return;
    event.preventDefault();
  });

  // The points of the answers given: a number, null for "no information" such as declined, undefined while unanswered.
  const answers = () =>
    new Map(
      questions.map((question) => {
        const chosen = choices(question).find((option) => option.checked);
        return [question.dataset.item, chosen ? (points.get(question.dataset.item)?.[chosen.value] ?? null) : undefined];
      }),
    );

  const sign = (number) => (number > 0 ? `+${number}` : String(number).replace("-", "−"));
  const write = (panel, part, words, kind = "") => {
    const element = panel.querySelector(`[data-part="${part}"]`);
    if (!element) return;
    element.textContent = words;
    element.hidden = !words;
    element.classList.toggle("live__detail--good", kind === "good");
  };
  const meets = (target, total) =>
    (target.at_most === null || total <= target.at_most) && (target.at_least === null || total >= target.at_least);

  const changeWords = (panel, scale, total) => {
    const compare = (name, words) => {
      const earlier = panel.dataset[name];
      return earlier === undefined || earlier === "" ? "" : `${sign(total - Number(earlier))} ${words}`;
    };
    return [compare("latest", "since last time"), compare("baseline", "since baseline")].filter(Boolean).join(", ");
  };

  const showScale = (panel, scale, given) => {
    const needed = scale.items.filter((id) => !optional.has(id));
    const scored = scale.items.map((id) => given.get(id)).filter((value) => typeof value === "number");
    const without = needed.filter((id) => given.get(id) === null).length;
    const open = needed.filter((id) => given.get(id) === undefined).length;
    const isWhole = open === 0 && without === 0 && scored.length > 0;
    const total = isWhole ? scored.reduce((sum, value) => sum + value, 0) : null;
    const band = isWhole && scale.bands?.find((each) => total >= each.low && total <= each.high);
    write(panel, "value", isWhole ? String(total) : "–");
    panel.querySelector('[data-part="value"]').hidden = false;
    write(panel, "band", band ? band.label : "");
    write(panel, "change", isWhole ? changeWords(panel, scale, total) : "");
    const target = isWhole ? scale.target : null;
    const atTarget = target && meets(target, total);
    write(panel, "target", target ? (atTarget ? "At target" : `Not at target (${target.words})`) : "", atTarget ? "good" : "");
    let state = "";
    if (open) state = `${needed.length - open} of ${needed.length} answered`;
    else if (without) state = `${without} of ${needed.length} without an answer: the total is worked out, or withheld, on saving`;
    write(panel, "answered", state);
  };

  const panels = [...document.querySelectorAll("[data-live-score] [data-scale]")];
  const showScores = () => {
    const given = answers();
    for (const panel of panels) {
      const scale = outline.scales.find((each) => each.id === panel.dataset.scale);
      if (scale && scale.rule === "sum") showScale(panel, scale, given);
    }
  };

  form.addEventListener("change", showScores);
  showScores();
  // Entering goes on where it stopped; correcting reads the answers again from the first.
  const isCorrection = form.dataset.measureEntry === "correction";
  const unanswered = questions.find((question) => !choices(question).some((option) => option.checked));
  if (!document.querySelector("[data-focus]")) focusOn(isCorrection ? questions[0] : unanswered);
})();
