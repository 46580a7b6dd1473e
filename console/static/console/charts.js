"use strict";
// Draws what the page holds as JSON, by the theme's own Chart.js and in the colours of the style sheet.
(() => {
  const UNITS = [[86400000, "d"], [3600000, "h"], [60000, "min"], [1000, "s"], [1, "ms"]];
  const TICKS = [10, 100, 1000, 10000, 60000, 600000, 3600000, 21600000, 86400000, 604800000];
  let charts = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--console-${name}`).trim();
  const number = (value) => value.toLocaleString("en");

  function duration(ms) {
    const [size, unit] = UNITS.find(([size]) => ms >= size) ?? [1, "ms"];
    return `${number(Math.round(ms / size))} ${unit}`;
  }

  function roundly(scale) {
    const seen = TICKS.filter((ms) => ms >= scale.min && ms <= scale.max);
    scale.ticks = (seen.length ? seen : [scale.min, scale.max]).map((value) => ({ value }));
  }

  const KINDS = {
    bars: {
      type: "bar",
      dataset: (series) => ({ backgroundColor: colour(series.label), stack: "received" }),
      y: { stacked: true, beginAtZero: true, ticks: { precision: 0, callback: number } },
      told: (item) => `${item.dataset.label}: ${number(item.raw)}`,
    },
    times: {
      type: "line",
      dataset: (_series, place) => {
        const drawn = colour(place ? "second" : "first");
        return { borderColor: drawn, backgroundColor: drawn, borderWidth: 2, pointRadius: 2, stepped: "middle", spanGaps: false };
      },
      y: { type: "logarithmic", afterBuildTicks: roundly, ticks: { callback: duration } },
      told: (item) => `${item.dataset.label}: under ${duration(item.raw)}`,
    },
  };

  function options(kind) {
    const text = colour("text"), grid = { color: colour("grid") }, font = { family: getComputedStyle(document.body).fontFamily, size: 11 };
    return {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { stacked: kind.type === "bar", grid: { display: false }, ticks: { color: text, font, maxRotation: 0, autoSkipPadding: 12 } },
        y: { ...kind.y, grid, ticks: { ...kind.y.ticks, color: text, font } },
      },
      plugins: {
        legend: { align: "start", labels: { color: text, font, boxWidth: 10, boxHeight: 10 } },
        tooltip: { callbacks: { label: kind.told }, filter: (item) => item.raw !== null && item.raw !== 0 },
      },
    };
  }

  function draw(canvas) {
    const data = JSON.parse(document.getElementById(canvas.dataset.consoleChart).textContent);
    const kind = KINDS[data.kind];
    const datasets = data.series.map((series, place) => ({ label: series.label, data: series.values, ...kind.dataset(series, place) }));
    return new Chart(canvas, { type: kind.type, data: { labels: data.labels, datasets }, options: options(kind) });
  }

  function drawAll() {
    charts.forEach((chart) => chart.destroy());
    charts = [...document.querySelectorAll("[data-console-chart]")].map(draw);
  }

  drawAll();
  document.fonts.ready.then(drawAll);
  // The theme switches between light and dark by a class.
  new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
