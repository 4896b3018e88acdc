// Joins what is chosen in the filters to the table (DataTables) and the charts (Vega-Embed).
const $ = window.jQuery;
const read = (element) => JSON.parse(element.textContent);
const byId = (id) => document.getElementById(id);
const words = read(byId("words"));
const specs = read(byId("charts"));
const blocks = new Map([...document.querySelectorAll(".block")].map((e) => [e.dataset.pair, e]));
const FILTERS = ["model", "method", "mode", "label", "verdict"];
const MODES = { global: "global", classwise: "class-wise", any: "either" };
const MARKS = { better: "▲", worse: "▼", "no difference": "=", "cannot tell": "?" };
const TITLE = {
  model: (i) => words.models[i][1],
  method: (i) => words.methods[i][1],
  mode: (i) => MODES[words.modes[i]] ?? words.modes[i],
  label: (i) => (words.labels[i] === "mean" ? "mean over labels" : words.labels[i]),
  verdict: (i) => words.verdicts[i],
};
const MEAN = words.labels.indexOf("mean");
const NONE = words.methods.findIndex(([name]) => name === "none");
// In the order of a block's cells: trained on, tested on.
const TRANSFERS = [[0, 0], [1, 1], [1, 0], [0, 1]];
const FEW = 10;
// Height of a line of text on an axis, in pixels.
const LINE = 18;

const SCHEME = matchMedia("(prefers-color-scheme: dark)");

let block, table;
const views = new Map();

const points = (value, digits = 1) => (value === null ? "–" : (value / 100).toFixed(digits));
const minus = (text) => text.replaceAll("-", "−");
const signed = (value) => minus((value > 0 ? "+" : "") + points(value, 2));
const interval = (low, high, digits = 1) =>
  low === null ? "[unknown]" : minus(`[${points(low, digits)}, ${points(high, digits)}]`);
const chosen = (name) => (byId(name).value === "" ? null : Number(byId(name).value));
// What has no change in its own space is that space itself, K: it is measured against no correction.
const changeOf = (cell) => (byId("against").value === "own" && cell[5][0] !== null ? cell[5] : cell[4]);
const escaped = (text) => $("<i>").text(text).html();
const transferName = ([train, test]) => `${block.corpora[train]} → ${block.corpora[test]}`;

function fillSelect(name, count, hidden = []) {
  const select = byId(name);
  select.replaceChildren();
  if (name !== "label") select.add(new Option("all", ""));
  const order = [...Array(count).keys()].filter((i) => !hidden.includes(i));
  if (name === "label") order.sort((a, b) => (b === MEAN) - (a === MEAN));
  for (const i of order) select.add(new Option(TITLE[name](i), i));
}

function wordOf(change) {
  if (change[0] === null) return "";
  return change[3] === null ? "unknown" : words.verdicts[change[3]];
}

function rowsShown() {
  const [model, method, mode, label, verdict] = FILTERS.map(chosen);
  const either = words.modes.indexOf("any");
  return block.rows.filter(
    ([m, c, o, l, cells]) =>
      l === label &&
      (model === null || m === model) &&
      (method === null || c === method || c === NONE) &&
      (mode === null || o === mode || o === either) &&
      (verdict === null || cells.some((cell, i) => i > 1 && cell && changeOf(cell)[3] === verdict)),
  );
}

// ---- the table

function aucColumn(i) {
  return {
    title: `${escaped(transferName(TRANSFERS[i]))}<br>AUC`,
    type: "num",
    data: (row) => row[4][i],
    render: (cell, type) => {
      if (cell === null || cell[0] === null) return type === "sort" ? -1 : "–";
      if (type === "sort") return cell[0];
      const [auc, low, high, n] = cell;
      if (type !== "display") return `${points(auc)} ${interval(low, high)}`;
      return `<span class="${n < FEW ? "few" : ""}"><b>${points(auc)}</b>
        <span class="n">n ${n}</span> <span class="interval">${interval(low, high)}</span></span>`;
    },
  };
}

function changeColumn(i) {
  return {
    title: `${escaped(transferName(TRANSFERS[i]))}<br>change`,
    type: "num",
    visible: i > 1,
    data: (row) => row[4][i] && [...changeOf(row[4][i]), row[4][i][3]],
    render: (change, type) => {
      if (!change || change[0] === null) return type === "sort" ? -1e6 : "";
      if (type === "sort") return change[0];
      const [size, low, high, , n] = change;
      const word = wordOf(change);
      const told = `${signed(size)} ${interval(low, high, 2)} ${word}`;
      if (type !== "display") return told;
      const tone = { better: "gain", worse: "loss" }[word] ?? "";
      return `<span class="${tone} ${n < FEW ? "few" : ""}" title="${word}"><b>${signed(size)}</b>
        <span aria-label="${word}">${MARKS[word] ?? ""}</span>
        <span class="interval">${interval(low, high, 2)}</span></span>`;
    },
  };
}

function columns() {
  const named = (title, i, name) => ({
    title,
    type: "num",
    className: "text",
    data: (row) => row[i],
    render: (code, type) => (type === "sort" ? code : escaped(TITLE[name](code))),
  });
  const counted = [0, 1].map((i) => ({
    title: `${escaped(block.corpora[i])}<br>test positives`,
    visible: false,
    data: (row) => row[4][i]?.[3] ?? "",
  }));
  const transfers = [0, 1, 2, 3].flatMap((i) => [aucColumn(i), changeColumn(i)]);
  return [
    named("Embedding", 0, "model"),
    named("Correction", 1, "method"),
    named("Mode", 2, "mode"),
    { ...named("Label", 3, "label"), visible: false },
    ...transfers,
    ...counted,
  ];
}

const WRITERS = {
  CSV: ({ header, body }) => {
    const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
    return [header, ...body].map((row) => row.map(quoted).join(",")).join("\r\n");
  },
  Markdown: ({ header, body }) => {
    const line = (row) => `| ${row.map((t) => escaped(String(t)).replaceAll("|", "\\|")).join(" | ")} |`;
    return [line(header), line(header.map(() => "---")), ...body.map(line)].join("\n");
  },
  LaTeX: ({ header, body }) => {
    const signs = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}",
      "→": "$\\to$", "−": "$-$" };
    const plain = (text) =>
      String(text).replace(/[\\~^→−&%$#_{}]/g, (sign) => signs[sign] ?? `\\${sign}`);
    const line = (row) => `${row.map(plain).join(" & ")} \\\\`;
    const start = `\\begin{tabular}{${"l".repeat(header.length)}}\n\\hline`;
    return [start, line(header), "\\hline", ...body.map(line), "\\hline", "\\end{tabular}"].join("\n");
  },
};

function drawTable() {
  if (table) {
    table.destroy();
    byId("table").replaceChildren();
  }
  const plainHeads = {
    columns: ":visible",
    orthogonal: "export",
    format: {
      header: (head) => $("<i>").html(head.replaceAll("<br>", " ")).text(),
    },
  };
  const copies = Object.entries(WRITERS).map(([name, write]) => ({
    extend: "copyHtml5",
    text: `Copy ${name}`,
    exportOptions: plainHeads,
    customize: (text, config, dt) => write(dt.buttons.exportData(plainHeads)),
  }));
  table = $("#table").DataTable({
    data: rowsShown(),
    columns: columns(),
    order: [],
    pageLength: 25,
    lengthMenu: [10, 25, 100, { label: "all", value: -1 }],
    autoWidth: false,
    layout: {
      topStart: { buttons: [{ extend: "colvis", text: "Columns" }, ...copies] },
      topEnd: "search",
      bottomStart: ["info", "pageLength"],
      bottomEnd: "paging",
    },
  });
}

// ---- the charts


// One drawing at a time in each place.
function draw(id, name, rows, title, framed = (spec) => spec) {
  const before = views.get(id) ?? Promise.resolve();
  views.set(id, before.then((last) => embed(last, id, framed(specs[name]), rows, title)));
}

async function embed(last, id, spec, rows, title) {
  const place = byId(id);
  last?.finalize();
  if (!rows.length) {
    place.textContent = "Nothing of this to show.";
    return null;
  }
  const filled = { ...spec, datasets: { rows } };
  const { step, fields } = filled.usermeta ?? {};
  if (step) {
    const [first, ...rest] = fields.map((field) => new Set(rows.map((row) => row[field])).size);
    filled.height = first * Math.max(LINE, rest.reduce((height, count) => height * count, step));
  }
  const ink = getComputedStyle(document.body);
  const [dark, light] = [ink.color, SCHEME.matches ? "#363c44" : "#d4d9df"];
  const config = {
    background: "transparent",
    font: "system-ui, sans-serif",
    view: { stroke: null },
    axis: { labelColor: dark, titleColor: dark, gridColor: light, domainColor: light,
      tickColor: light, titleFontWeight: "normal", labelFontSize: 12, titleFontSize: 12 },
    legend: { labelFontSize: 12, symbolBaseFillColor: dark, symbolBaseStrokeColor: dark, labelColor: dark, titleColor: dark, orient: "bottom",
      columns: Math.max(1, Math.floor(place.clientWidth / 150)),
      layout: { bottom: { direction: place.clientWidth < 500 ? "vertical" : "horizontal" } } },
  };
  const result = await window.vegaEmbed(place, filled, {
    ast: true,
    renderer: "svg",
    config: { ...config, aria: true, description: title },
    tooltip: { theme: SCHEME.matches ? "dark" : "light" },
    actions: { export: { svg: true, png: false }, source: false, compiled: false, editor: false },
  });
  place.querySelector("svg").setAttribute("aria-label", title);
  result.view.addEventListener("click", (event, item) => {
    for (const filter of ["model", "label"]) {
      const code = item?.datum?.[`${filter}Code`];
      if (code !== undefined && code !== null) byId(filter).value = code;
    }
    if (item?.datum?.modelCode !== undefined || item?.datum?.labelCode !== undefined) update();
  });
  return result;
}

function correctionName(method, mode) {
  if (method === NONE) return "uncorrected";
  const name = TITLE.mode(mode);
  return TITLE.method(method) + (words.modes[mode] === "any" ? "" : ` (${name})`);
}

// One point of an interval chart.
function point([model, method, mode, label, cells], transfer) {
  const cell = cells[transfer];
  if (!cell || cell[0] === null) return [];
  const [auc, low, high, positives] = cell;
  const change = changeOf(cell);
  const trained = transfer < 2 ? "within" : "across";
  const kind = method === NONE ? "uncorrected" : "corrected";
  return [{
    model: TITLE.model(model), modelCode: model, label: TITLE.label(label),
    labelCode: label === MEAN ? undefined : label, correction: correctionName(method, mode),
    transfer: transferName(TRANSFERS[transfer]), trained, kind, series: `${trained} ${kind}`,
    few: positives < FEW, positives,
    auc: auc / 100, low: (low ?? auc) / 100, high: (high ?? auc) / 100,
    interval: interval(low, high),
    change: change[0] === null ? "–" : `${signed(change[0])} ${interval(change[1], change[2], 2)} ${wordOf(change)}`,
  }];
}

function bestOf(model) {
  const best = block.best[words.models[model][0]];
  if (!best) return () => false;
  const [method, mode] = [words.methods.findIndex(([n]) => n === best[0]), words.modes.indexOf(best[1])];
  return (row) => row[1] === method && row[2] === mode;
}

// The uncorrected embedding, and the correction that is chosen or gains most.
function compared(row) {
  const [method, mode] = [chosen("method"), chosen("mode")];
  if (row[1] === NONE) return true;
  if (method === null || method === NONE) return bestOf(row[0])(row);
  return row[1] === method && (mode === null || row[2] === mode || words.modes[row[2]] === "any");
}

function drawIntervals() {
  const model = chosen("model");
  const means = block.rows.filter((row) => row[3] === MEAN && compared(row));
  const first = model ?? block.rows[0][0];
  const labels = block.rows.filter((row) => row[3] !== MEAN && row[0] === first && compared(row));
  const method = chosen("method");
  const used = labels.find((row) => row[1] !== NONE);
  byId("labels-model").textContent = TITLE.model(first)
    + (used ? `, uncorrected and ${method === null ? "its best correction, " : ""}${correctionName(used[1], used[2])}` : "");
  for (const test of [0, 1]) {
    const caption = `Tested on ${block.corpora[test]}`;
    for (const [chart, rows] of [["overview", means], ["labels", labels]]) {
      byId(`${chart}-${test}-title`).textContent = caption;
      const data = rows.flatMap((row) => [test, test + 2].flatMap((t) => point(row, t)));
      draw(`${chart}-${test}`, chart, data, caption);
    }
  }
}

function drawRemoval() {
  const told = new Map(
    block.removal.filter((row) => row[3] === "linear").map((row) => [row.slice(0, 3).join(), row]),
  );
  const data = [];
  for (const [model, method, mode, label, cells] of block.rows) {
    const removed = told.get([model, method, mode].join());
    if (label !== MEAN || method === NONE || !removed) continue;
    if ((chosen("model") ?? model) !== model || (chosen("method") ?? method) !== method) continue;
    for (const i of [2, 3]) {
      const change = cells[i] && changeOf(cells[i]);
      if (!change || change[0] === null) continue;
      data.push({
        model: TITLE.model(model), modelCode: model, method: TITLE.method(method),
        correction: correctionName(method, mode), transfer: transferName(TRANSFERS[i]),
        before: removed[4] / 100, after: removed[5] / 100, size: change[0] / 100,
        low: (change[1] ?? change[0]) / 100, high: (change[2] ?? change[0]) / 100,
        change: `${signed(change[0])} ${interval(change[1], change[2], 2)} ${wordOf(change)}`,
      });
    }
  }
  draw("removal", "removal", data, "Removal and transfer");
}

function showClips() {
  const [model, label] = [chosen("model"), chosen("label")];
  const clips = [...document.querySelectorAll(".clips li")];
  for (const clip of clips) {
    const told = clip.dataset;
    clip.hidden = told.pair !== byId("pair").value || (model !== null && told.model !== words.models[model][0])
      || (label !== MEAN && told.label !== words.labels[label]);
  }
  if (clips.length) byId("clips").hidden = clips.every((clip) => clip.hidden);
}

function drawRest() {
  const [model, label] = [chosen("model"), chosen("label")];
  const angles = block.cosines.filter(
    (row) => (model ?? row[0]) === row[0] && (label === MEAN || label === row[2]),
  );
  byId("cosines-section").hidden = !block.cosines.length;
  if (block.cosines.length) {
    const data = angles.map(([m, o, l, train, space, cosine]) => ({
      model: TITLE.model(m), modelCode: m, mode: TITLE.mode(o), label: TITLE.label(l), labelCode: l,
      train, space, cosine: cosine / 10000,
    }));
    draw("cosines", "cosines", data, "Cosines of classifier and domain direction");
  }
  byId("sources-section").hidden = !block.sources.length;
  if (block.sources.length) {
    const data = block.sources
      .filter((row) => (model ?? row[0]) === row[0])
      .map(([m, property, r2, low, high, added]) => ({ model: TITLE.model(m), modelCode: m, property, r2, low, high,
        added, interval: low === null ? "[unknown]" : `[${low.toFixed(1)}, ${high.toFixed(1)}]` }));
    draw("sources", "sources", data, "Sources of the bias");
  }
  showClips();
  byId("counts-section").hidden = !words.counts;
  for (const side of words.counts ? [0, 1] : []) {
    const own = words.counts.filter((row) => row[0] === block.corpora[side]);
    const dark = 0.6 * Math.max(...own.map((row) => row[3]));
    byId(`counts-${side}-title`).textContent = block.corpora[side];
    const data = own
      .map(([, name, genre, clips]) => ({ label: name, genre, clips, dark, labelCode: words.labels.indexOf(name) }))
      .filter((row) => label === MEAN || row.labelCode === label);
    draw(`counts-${side}`, "counts", data, `Positive clips of ${block.corpora[side]}`);
  }
}

{% include 'index_map.js' %}
{% include 'index_strength.js' %}

// ---- what is chosen

function drawCharts() {
  document.documentElement.classList.toggle("dark", SCHEME.matches);
  drawIntervals();
  drawRemoval();
  drawStrength();
  drawMap();
  drawRest();
}

function update() {
  const rows = rowsShown();
  table.clear().rows.add(rows).draw();
  byId("shown").value = `${rows.length} rows`;
  drawCharts();
}

function showPair() {
  const pair = byId("pair").value;
  block = read(blocks.get(pair));
  for (const part of document.querySelectorAll("[data-pair].answer")) {
    part.hidden = part.dataset.pair !== pair;
  }
  drawTable();
  fillColours();
  byId("shown").value = `${rowsShown().length} rows`;
  drawCharts();
}

fillSelect("model", words.models.length);
fillSelect("method", words.methods.length, [NONE]);
fillSelect("mode", words.modes.length, [words.modes.indexOf("any")]);
fillSelect("label", words.labels.length);
fillSelect("verdict", words.verdicts.length);
byId("pair").addEventListener("change", showPair);
const filters = document.querySelector(".filters");
filters.addEventListener("change", update);
filters.addEventListener("reset", () => setTimeout(update));
filters.addEventListener("submit", (event) => event.preventDefault());
SCHEME.addEventListener("change", drawCharts);
if (blocks.size) showPair();
document.documentElement.dataset.ready = "yes";
