// ---- the map of the clips

// The columns of a place: domain, task, pc1, pc2 before the correction, then after it.
const VIEWS = { directions: [0, 1], components: [2, 3] };
const AXES = { directions: ["domain direction (sd)", "direction of the label (sd)"],
  components: ["first component (sd)", "second component (sd)"] };

function fillColours() {
  const select = byId("map-colour");
  const kept = select.value;
  const titles = Object.keys(block.map?.properties ?? {});
  select.replaceChildren(...["corpus", "label", "genre", ...titles].map((name) => new Option(name, name)));
  select.value = [...select.options].some((one) => one.value === kept) ? kept : "corpus";
}

function drawMap() {
  const map = block.map;
  byId("map-section").hidden = !map;
  if (!map) return;
  const models = Object.keys(map.models).map(Number);
  const model = models.includes(chosen("model")) ? chosen("model") : models[0];
  const known = Object.keys(map.models[model]).map(Number);
  const label = known.includes(chosen("label")) ? chosen("label") : known[0];
  const places = map.models[model]?.[label];
  const best = block.best[words.models[model][0]];
  const index = (list, name) => list.findIndex((one) => (Array.isArray(one) ? one[0] : one) === name);
  const correction = best ? correctionName(index(words.methods, best[0]), index(words.modes, best[1])) : "a correction";
  byId("map-title-of").textContent = `${TITLE.model(model)}, ${TITLE.label(label)}, before and after ${correction}`;
  const view = byId("map-view").value;
  const colour = byId("map-colour").value;
  const truth = map.truth[label] ?? [];
  const held = (i) => ({ 1: "there", 0: "not there" })[truth[i]] ?? "unknown";
  const measured = map.properties[colour];
  const coloured = (i) => measured?.[i] ?? { corpus: block.corpora[map.clips[i][0]], label: held(i),
    genre: map.clips[i][2] ?? "(none)" }[colour] ?? null;
  const [x, y] = VIEWS[view];
  const ends = [x, y].map((axis) => {
    const all = [...(places?.[axis] ?? []), ...(places?.[axis + 4] ?? [])].filter((v) => v !== null);
    return [Math.min(...all) / 100, Math.max(...all) / 100];
  });
  for (const [when, offset] of [["before", 0], ["after", 4]]) {
    const rows = map.clips.flatMap(([side, clip, genre], i) => {
      const [across, up] = [places?.[x + offset][i], places?.[y + offset][i]];
      if (across === null || across === undefined || up === null) return [];
      const [shade, there] = [coloured(i), held(i)];
      return shade === null ? [] : [{ x: across / 100, y: up / 100, clip, corpus: block.corpora[side],
        genre: genre ?? "(none)", there, shade, what: colour }];
    });
    const title = `Clips ${when} the correction`;
    const framed = (spec) => ({ ...spec, encoding: { ...spec.encoding,
      x: { ...spec.encoding.x, title: AXES[view][0], scale: { domain: ends[0], nice: true } },
      y: { ...spec.encoding.y, title: AXES[view][1], scale: { domain: ends[1], nice: true } } } });
    draw(`map-${when}`, measured ? "shaded_map" : "map", rows, title, framed);
  }
}

for (const id of ["map-view", "map-colour"]) byId(id).addEventListener("change", drawMap);
