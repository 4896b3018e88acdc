// ---- erasers at several strengths

const READERS = { linear: "Told apart by a linear probe (AUC)", nonlinear: "Told apart by a nonlinear one (AUC)" };

function drawStrength() {
  byId("strength-section").hidden = !block.strengths.length;
  if (!block.strengths.length) return;
  const [model, method, mode] = [chosen("model"), chosen("method"), chosen("mode")];
  const shown = block.strengths.filter(
    ([m, o, curve]) =>
      (model ?? m) === m && (method ?? curve) === curve && (mode ?? o) === o,
  );
  for (const [reader, title] of Object.entries(READERS)) {
    const rows = shown.map(([m, o, curve, ...values]) => {
      const [strength, linear, nonlinear, across, within] = values.map((v) => (v === null ? null : v / 100));
      return {
        model: TITLE.model(m), modelCode: m, method: TITLE.method(curve), mode: TITLE.mode(o),
        correction: correctionName(curve, o), strength, linear, nonlinear, across, within,
      };
    });
    const found = rows.map((row) => ({ ...row, found: row[reader] })).filter((row) => row.found !== null && row.across !== null);
    const framed = (spec) => ({ ...spec, encoding: { ...spec.encoding, x: { ...spec.encoding.x, title } } });
    draw(`strength-${reader}`, "strength", found, title, framed);
  }
}
