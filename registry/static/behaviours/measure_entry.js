// Entering a measure from paper by digits: an answer leads to the next item that is asked, and the score follows.
// What is not asked after an answer cannot be answered until that answer changes. An answer that is already there is
// never put aside: it is marked, sent, and refused by the server until one of the two is corrected.
(() => {
  "use strict";

  const form = document.querySelector("[data-measure-entry]");
  const island = document.getElementById("instrument-outline");
  if (!form || !island) return;
  const outline = JSON.parse(island.textContent);
  const items = new Map(outline.items.map((item) => [item.id, item]));
  const questions = [...form.querySelectorAll("[data-item]")];
  const itemOf = (question) => items.get(question.dataset.item);

  const digitsIn = (question) => question.querySelector("input[type=text]");
  const choices = (question) => [...question.querySelectorAll("input[type=radio]")];
  const chosenIn = (question) => question.querySelector("input:checked")?.value;
  const isPossible = (item, text) => /^\d{1,4}$/.test(text) && Number(text) >= item.low && Number(text) <= item.high;

  // A number, "declined", or undefined while unanswered or no number at all.
  const answerOf = (question) => {
    const chosen = chosenIn(question);
    const written = digitsIn(question)?.value.trim();
    if (written) return isPossible(itemOf(question), written) ? Number(written) : undefined;
    if (chosen === undefined || chosen === "blank") return undefined;
    return chosen === "declined" ? chosen : Number(chosen);
  };
  const isBlank = (question) => !digitsIn(question)?.value.trim() && answerOf(question) === undefined;

  const focusOn = (question) => {
    if (!question) return;
    const options = choices(question);
    (digitsIn(question) || options.find((option) => option.checked) || options[0])?.focus({ preventScroll: true });
    question.scrollIntoView({ block: "nearest" });
  };
  const isOpen = (question) => !question.disabled;
  const isSpared = (question) => question.hasAttribute("data-instead") || question.hasAttribute("data-may-stay-blank");
  const isAsked = (question) => isOpen(question) && !isSpared(question);
  const after = (question, isWanted) => questions.slice(questions.indexOf(question) + 1).find(isWanted);
  const before = (question, isWanted) => questions.slice(0, questions.indexOf(question)).reverse().find(isWanted);
  const forward = (question, isWanted = isAsked) => {
    const next = after(question, isWanted);
    if (next) focusOn(next);
    else form.querySelector("button[type=submit]")?.focus();
  };

  const choose = (question, key) => {
    const option = choices(question).find((each) => each.value === key);
    if (!option) return false;
    option.checked = true;
    option.dispatchEvent(new Event("input", { bubbles: true }));
    option.dispatchEvent(new Event("change", { bubbles: true }));
    forward(question);
    return true;
  };
  const takeBack = (question) => {
    for (const option of choices(question)) option.checked = false;
    show();
  };

  // Key → what it does, and whether the browser is to leave it alone afterwards.
  const press = (question, key) => {
    if (/^[0-9]$/.test(key)) return choose(question, key);
    if (key === "Backspace") focusOn(before(question, isAsked));
    else if (key === "ArrowUp") focusOn(before(question, isOpen));
    else if (key === "ArrowDown") forward(question, isOpen);
    else if (key === "Delete") takeBack(question);
    else return false;
    return true;
  };
  // Digits, Backspace and Delete write in a field of digits; only what leaves it is ours.
  const pressInDigits = (question, key) => {
    if (key === "ArrowUp") focusOn(before(question, isOpen));
    else if (key === "ArrowDown" || key === "Enter") forward(question, key === "Enter" ? isAsked : isOpen);
    else return false;
    return true;
  };
  // In a long list arrows choose among its answers, as in any list, and a code is more than one digit.
  const pressInList = (question, key) => /^(Backspace|Delete)$/.test(key) && press(question, key);

  form.addEventListener("keydown", (event) => {
    const question = event.target.closest?.("[data-item]");
    if (!question || event.ctrlKey || event.metaKey || event.altKey) return;
    const isList = question.hasAttribute("data-list");
    const act = event.target.matches("input[type=text]") ? pressInDigits : isList ? pressInList : press;
    if (act(question, event.key)) event.preventDefault();
  });

  const faultOf = (question, contradictions) => {
    const { low, high, id } = itemOf(question);
    const written = digitsIn(question)?.value.trim();
    if (written && !isPossible(itemOf(question), written)) return `Enter a whole number from ${low} to ${high}`;
    return contradictions.get(id) || "";
  };

  const showQuestion = (question, { notAsked, instead, mayStayBlank, contradictions }) => {
    const id = question.dataset.item;
    const fault = faultOf(question, contradictions);
    question.disabled = notAsked.has(id) && !fault;
    question.toggleAttribute("data-instead", instead.has(id));
    question.toggleAttribute("data-may-stay-blank", mayStayBlank.has(id));
    question.classList.toggle("question--contradicted", Boolean(fault));
    const partner = instead.has(id) ? `Item ${items.get(instead.get(id)).number} is answered instead` : "";
    const spared = partner || (mayStayBlank.has(id) ? "May be left blank" : "");
    const state = question.querySelector("[data-part=state]");
    const isSaid = Boolean(fault) && question.querySelector(".field__error")?.textContent.includes(fault);
    state.textContent = fault || (question.disabled ? "Not asked" : spared);
    state.hidden = !state.textContent || isSaid;
  };

  const show = () => {
    const answers = new Map(questions.map((question) => [question.dataset.item, answerOf(question)]));
    const result = measureScoring.score(outline, answers);
    for (const question of questions) showQuestion(question, result);
    measurePanel.show(outline, result, answers);
  };

  form.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
  // Entering goes on where it stopped; correcting reads the answers again from the first.
  const isCorrection = form.dataset.measureEntry === "correction";
  const first = isCorrection ? questions[0] : questions.find((question) => isAsked(question) && isBlank(question));
  if (!document.querySelector("[data-focus]")) focusOn(first);
})();
