// Draws the figures of this page from their data islands, in the colours of the theme.
(() => {
  "use strict";

  if (!window.Plotly) return;

  // plotly.js offers to send a figure to its maker's cloud unless told otherwise: these two stand in one place, here.
  const CONFIG = { showSendToCloud: false, plotlyServerURL: "", displayModeBar: false, responsive: true, doubleClick: "reset" };

  const probe = document.createElement("span");
  probe.hidden = true;

  // A token such as "var(--course-1)" as the colour it has in this theme.
  const colour = (token) => {
    probe.style.color = token;
    return getComputedStyle(probe).color;
  };
  const resolved = (value) => {
    if (typeof value === "string") return value.startsWith("var(--") ? colour(value) : value;
    if (Array.isArray(value)) return value.map(resolved);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each)]));
    return value;
  };

  const axis = (name) => ({
    automargin: true,
    showgrid: name.startsWith("y"),
    zeroline: false,
    gridcolor: colour("var(--line)"),
    linecolor: colour("var(--line-strong)"),
    tickcolor: colour("var(--line-strong)"),
    tickfont: { color: colour("var(--muted)") },
  });

  const layoutOf = (layout) => {
    const themed = {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      ...layout,
      font: { family: "Inter, system-ui, sans-serif", size: 12, color: colour("var(--text)"), ...layout.font },
      hoverlabel: {
        bgcolor: colour("var(--raised)"),
        bordercolor: colour("var(--line-strong)"),
        font: { family: "Inter, system-ui, sans-serif", size: 12, color: colour("var(--text)") },
        ...layout.hoverlabel,
      },
      margin: { l: 40, r: 12, t: 12, b: 32, ...layout.margin },
    };
    for (const name of new Set(["xaxis", "yaxis", ...Object.keys(layout).filter((key) => /^[xy]axis\d*$/.test(key))])) {
      themed[name] = { ...axis(name), ...layout[name] };
    }
    return themed;
  };

  // Words on a bar that is too short for them give way to briefer ones (its name), or to none: pointing at it says all.
  const LETTER = 6.4, BESIDE = 110;
  const fitted = (element, layout) => {
    const range = layout.xaxis?.range;
    if (!range) return layout;
    const week = (element.clientWidth - BESIDE) / (range[1] - range[0]);
    const fits = (text, shape) => text.length * LETTER < (shape.x1 - shape.x0) * week;
    const text = (shape) => [shape.label.text, shape.name || ""].find((each) => fits(each, shape)) || "";
    const shapes = (layout.shapes || []).map((shape) => (shape.label ? { ...shape, label: { ...shape.label, text: text(shape) } } : shape));
    return { ...layout, shapes };
  };

  const draw = (element) => {
    const island = document.getElementById(element.dataset.figure);
    if (!island) return;
    const figure = resolved(JSON.parse(island.textContent));
    window.Plotly.react(element, figure.data || [], layoutOf(fitted(element, figure.layout || {})), CONFIG);
  };

  const drawAll = () => {
    if (!probe.isConnected) document.body.append(probe);
    for (const element of document.querySelectorAll("[data-figure]")) draw(element);
  };

  document.addEventListener("theme:change", drawAll);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
  document.addEventListener("htmx:after:swap", drawAll);
  // A chart drawn for the screen is redrawn for the width and the colours of paper.
  window.addEventListener("beforeprint", drawAll);
  drawAll();
})();
