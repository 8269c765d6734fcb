// What answers say, worked out from an instrument's outline as registry/measures/{answers,adding,criteria,scoring}.py do;
// a test in tests/e2e holds the two together. This only echoes: the server decides. No page is touched here.
//
// measureScoring.score(outline, answers): answers is a Map of item → number, "declined", or undefined while unanswered.
// Truths are true, false, or null while a missing answer decides.
const measureScoring = (() => {
  "use strict";

  const find = (outline, id) => outline.items.find((item) => item.id === id);
  const numbers = (outline, ids) => ids.map((id) => find(outline, id).number).join(", ");

  const isInformation = (item, answer) =>
    Number.isInteger(answer) && (item.points ? String(answer) in item.points : answer >= item.low && answer <= item.high);

  const isMetBy = (condition, value) =>
    (condition.from === null || value >= condition.from) && (condition.to === null || value <= condition.to);

  const holds = (condition, values) => {
    const counting = condition.items.filter((id) => values.has(id) && isMetBy(condition, values.get(id))).length;
    const missing = condition.items.filter((id) => !values.has(id)).length;
    if (counting >= condition.at_least) return true;
    return counting + missing >= condition.at_least ? null : false;
  };
  const every = (truths) => (truths.includes(false) ? false : truths.includes(null) ? null : true);
  const some = (truths) => (truths.includes(true) ? true : truths.includes(null) ? null : false);
  const allHold = (conditions, values) => every(conditions.map((each) => holds(each, values)));

  // What was given: values with those of items that were not asked or may stay blank, item → partner answered instead, and item → what contradicts.
  const read = (outline, answers) => {
    const values = new Map();
    for (const item of outline.items) if (isInformation(item, answers.get(item.id))) values.set(item.id, answers.get(item.id));
    const contradictions = new Map();
    const instead = new Map();
    for (const group of outline.either_or) {
      const answered = group.filter((id) => values.has(id));
      const words = `Answer only one of items ${numbers(outline, group)}: both have an answer`;
      if (answered.length > 1) for (const id of answered.slice(1)) contradictions.set(id, words);
      else if (answered.length) for (const id of group) if (id !== answered[0]) instead.set(id, answered[0]);
    }
    const notAsked = new Set();
    const mayStayBlank = new Set();
    for (const skip of outline.skips) {
      if (allHold(skip.when, values) !== true) continue;
      const reason = numbers(outline, skip.when.flatMap((each) => each.items));
      for (const id of skip.items) {
        if (answers.get(id) === "declined") continue;
        const answer = values.get(id);
        if (skip.may_be_asked) {
          if (answer === undefined) mayStayBlank.add(id);
          if (answer === undefined) values.set(id, skip.counts_as);
        } else if (answer === undefined || answer === skip.counts_as) {
          values.set(id, skip.counts_as);
          notAsked.add(id);
        } else {
          const number = find(outline, id).number;
          contradictions.set(id, `Item ${number} is not asked after this answer to item ${reason}: correct one of them`);
        }
      }
    }
    return { values, instead, notAsked, mayStayBlank, contradictions };
  };

  // Rounded half away from zero. Whole numbers all the way, so that no binary fraction decides a half.
  const rounded = (over, under, decimals) => {
    const scaled = over * 10 ** decimals;
    const whole = Math.floor((2 * Math.abs(scaled) + under) / (2 * under));
    return (Math.sign(scaled) * whole) / 10 ** decimals;
  };

  const add = (outline, scale, values) => {
    const worth = (id) => {
      const points = scale.recoded[id] || find(outline, id).points;
      return points ? points[values.get(id)] : values.get(id);
    };
    const missing = [];
    const counted = [];
    for (const place of scale.places) {
      const given = [];
      for (const slot of place) {
        const answered = slot.find((id) => values.has(id));
        if (answered === undefined) missing.push(...slot);
        else given.push(worth(answered));
      }
      if (given.length) counted.push(Math.max(...given));
    }
    if (missing.length && (!counted.length || missing.length > scale.at_most_missing)) return { missing };
    const sum = counted.reduce((total, points) => total + points, 0) * scale.times;
    const over = scale.rule === "mean" ? sum : sum * scale.places.length;
    const value = rounded(over, scale.divided_by * counted.length, scale.decimals);
    const reached = scale.bands.filter((band) => band.low <= value);
    const band = reached.reduce((best, each) => (best && best.low >= each.low ? best : each), null);
    const ratings = scale.is_profile ? { category: scale.items.map((id) => values.get(id)).join("-") } : {};
    return { value, ...ratings, band: band ? band.label : null, missing, isProrated: missing.length > 0 };
  };

  const judge = (scale, values) => {
    const missing = scale.items.filter((id) => !values.has(id));
    const truths = scale.levels.map((level) =>
      every([allHold(level.all, values), level.any.length ? some(level.any.map((each) => holds(each, values))) : true]),
    );
    const first = truths.findIndex((truth) => truth !== false);
    if (first >= 0 && truths[first]) return { category: scale.levels[first].category, band: scale.levels[first].label, missing };
    const certain = scale.levels.find((level, at) => truths[at] && (level.all.length || level.any.length));
    return { missing, atLeast: certain ? certain.label : null };
  };

  const classify = (scale, values) => {
    const category = values.has(scale.items[0]) ? scale.categories[values.get(scale.items[0])] : undefined;
    return category ? { category, missing: [] } : { missing: category === null ? [] : scale.items };
  };

  // Scale → its result. Without a value or a category it is withheld, of a contradiction all are.
  const score = (outline, answers) => {
    const given = read(outline, answers);
    const scales = new Map();
    for (const scale of outline.scales) {
      if (given.contradictions.size) continue;
      const work = { criteria: judge, category: classify }[scale.rule];
      scales.set(scale.id, work ? work(scale, given.values) : add(outline, scale, given.values));
    }
    return { ...given, scales };
  };

  return { score };
})();
