// Shows beside the form what the answers say so far: score, band, change and target, or the level of criteria.
const measurePanel = (() => {
  "use strict";

  const sign = (number) => (number > 0 ? `+${number}` : String(number).replace("-", "−"));
  const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

  const write = (panel, part, words, isGood = false) => {
    const element = panel.querySelector(`[data-part="${part}"]`);
    if (!element) return;
    element.textContent = words;
    element.hidden = !words;
    element.classList.toggle("live__detail--good", isGood);
  };

  const meets = (target, value) =>
    (target.at_most === null || value <= target.at_most) && (target.at_least === null || value >= target.at_least);

  const changeWords = (panel, scale, value) => {
    const compare = (name, words) => {
      const earlier = panel.dataset[name];
      if (!earlier) return "";
      return `${sign(Number((value - Number(earlier)).toFixed(scale.decimals)))} ${words}`;
    };
    return [compare("latest", "since last time"), compare("baseline", "since baseline")].filter(Boolean).join(", ");
  };

  // How far one is: an either-or counts once, and what is not asked counts as answered.
  const progress = (scale, items, result, answers) => {
    const slots = scale.places ? scale.places.flat() : scale.items.map((id) => [id]);
    const wanted = slots.filter((slot) => slot.some((id) => !items.get(id).optional));
    const isOpen = (slot) => !slot.some((id) => result.values.has(id) || answers.get(id) !== undefined);
    return { all: wanted.length, open: wanted.filter(isOpen).length };
  };

  const withoutAnswer = (found) => `${found.missing.length} without an answer`;

  const showNumber = (panel, scale, found, { all, open }) => {
    const isShown = found.value !== undefined && open === 0;
    write(panel, "value", isShown ? found.category || String(found.value) : "–");
    const highest = found.category ? `highest ${found.value}` : "";
    write(panel, "band", (isShown && (highest || found.band)) || "");
    write(panel, "change", isShown ? changeWords(panel, scale, found.value) : "");
    const target = isShown ? scale.target : null;
    const isAtTarget = Boolean(target) && meets(target, found.value);
    write(panel, "target", target ? (isAtTarget ? "At target" : `Not at target (${target.words})`) : "", isAtTarget);
    let state = "";
    if (open && found.isProrated) state = `${all - open} of ${all} answered; saved now: ${found.value}, prorated`;
    else if (open && all > 1) state = `${all - open} of ${all} answered`;
    else if (!open && !isShown) state = `${withoutAnswer(found)}: no score`;
    else if (isShown && found.isProrated) state = `Prorated: ${withoutAnswer(found)}`;
    write(panel, "answered", state);
  };

  const showLevel = (panel, found, { all, open }) => {
    const begun = open < all;
    write(panel, "value", found.category ? capital(found.band) : begun ? "Incomplete" : "–");
    write(panel, "band", found.atLeast ? `at least ${found.atLeast}` : "");
    write(panel, "answered", open && !found.category ? `${all - open} of ${all} answered` : "");
  };

  // The one answer is the result; one that belongs to no category says so.
  const showCategory = (panel, found, { open }) => {
    write(panel, "value", found.category ? capital(found.category.replaceAll("-", " ")) : "–");
    write(panel, "answered", open || found.category ? "" : "This answer belongs to no category");
  };

  const showRefusal = (panel, isFirst) => {
    for (const part of ["band", "change", "target"]) write(panel, part, "");
    write(panel, "value", "–");
    write(panel, "answered", isFirst ? "Answers contradict each other: correct the one that is marked" : "");
  };

  const show = (outline, result, answers) => {
    const items = new Map(outline.items.map((item) => [item.id, item]));
    document.querySelectorAll("[data-live-score] [data-scale]").forEach((panel, at) => {
      const scale = outline.scales.find((each) => each.id === panel.dataset.scale);
      const found = result.scales.get(panel.dataset.scale);
      if (!found) showRefusal(panel, at === 0);
      else if (scale.rule === "category") showCategory(panel, found, progress(scale, items, result, answers));
      else if (scale.rule === "criteria") showLevel(panel, found, progress(scale, items, result, answers));
      else showNumber(panel, scale, found, progress(scale, items, result, answers));
    });
  };

  return { show };
})();
