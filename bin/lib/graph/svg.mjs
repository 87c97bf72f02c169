// A graph as a picture of its own: no style sheet, no script, no font to load, so that it may be in a slide or a page with a
// strict content security policy.
import { costTexts, mergeText } from "./model.mjs";

/**
 * @typedef {import("./model.mjs").Model} Model
 * @typedef {import("./model.mjs").EndpointNode} EndpointNode
 * @typedef {import("./model.mjs").BackendNode} BackendNode
 * @typedef {{ ground: string, lane: string, card: string, line: string, ink: string, soft: string, accent: string, flow: string, chip: string, chipInk: string, good: string, merge: string, mergeInk: string }} Palette
 */

/** @type {Record<"light" | "dark", Palette>} */
const PALETTES = {
  light: {
    ground: "#f4f8f9", lane: "#ffffff", card: "#f4f9fa", line: "#d3e1e5", ink: "#10242b", soft: "#52696f", accent: "#0b6478", flow: "#7aa5af",
    chip: "#e1f0f3", chipInk: "#0b4f5f", good: "#1d7a46", merge: "#0b6478", mergeInk: "#ffffff",
  },
  dark: {
    ground: "#0b171c", lane: "#11222a", card: "#162c35", line: "#28444e", ink: "#e8f2f5", soft: "#a0b9c1", accent: "#7cc6d6", flow: "#4f7d89",
    chip: "#1d3d48", chipInk: "#a9e0ec", good: "#7fd6a2", merge: "#7cc6d6", mergeInk: "#0b171c",
  },
};

/** The colours of methods, on light and on dark. @type {Record<string, [string, string]>} */
const METHODS = { GET: ["#1d6fa5", "#7fc0ee"], POST: ["#1d7a46", "#7fd6a2"], PUT: ["#8a5a00", "#e9c46a"], PATCH: ["#7a3ea8", "#cfa6f0"], DELETE: ["#b3261e", "#f2a29c"] };

const WIDTH = 1180;
const MARGIN = 28;
const SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Where the columns of a lane are: their left edges and widths. Without any steps there is more room for the others. */
const WITH_STEPS = { request: [24, 250], steps: [310, 196], backends: [556, 300], merge: [892, 60], answer: [984, 118] };
const WITHOUT_STEPS = { ...WITH_STEPS, request: [24, 316], backends: [420, 436] };

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * A text that fits into a width; monospaced letters are 0.6 of their size, others about 0.54.
 *
 * @param {string} text
 * @param {number} width
 * @param {number} size
 * @param {boolean} mono
 */
function fitted(text, width, size, mono) {
  const most = Math.floor(width / (size * (mono ? 0.605 : 0.54)));
  const signs = [...text];
  return signs.length <= most ? text : `${signs.slice(0, Math.max(1, most - 1)).join("")}…`;
}

class Drawing {
  /** @type {string[]} */
  parts = [];

  /**
   * @param {Palette} palette
   * @param {boolean} isDark
   * @param {boolean} hasSteps
   */
  constructor(palette, isDark, hasSteps) {
    this.palette = palette;
    this.isDark = isDark;
    this.columns = hasSteps ? WITH_STEPS : WITHOUT_STEPS;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {string} text
   * @param {{ size?: number, mono?: boolean, fill?: string, weight?: number, anchor?: string, width?: number }} [look]
   */
  text(x, y, text, { size = 13, mono = false, fill = this.palette.ink, weight = 400, anchor = "start", width = Infinity } = {}) {
    const shown = Number.isFinite(width) ? fitted(text, width, size, mono) : text;
    const title = shown === text ? "" : `<title>${escaped(text)}</title>`;
    this.parts.push(`<text x="${x}" y="${y}" font-size="${size}" font-family="${mono ? MONO : SANS}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${escaped(shown)}${title}</text>`);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {{ fill: string, stroke?: string, radius?: number, dashed?: boolean }} look
   */
  box(x, y, width, height, { fill, stroke = "none", radius = 10, dashed = false }) {
    this.parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="${stroke}"${dashed ? ' stroke-dasharray="5 4"' : ""}/>`);
  }

  /**
   * A line that leaves and arrives level.
   *
   * @param {[number, number]} from
   * @param {[number, number]} to
   * @param {{ dashed?: boolean, head?: boolean }} [look]
   */
  flow([x1, y1], [x2, y2], { dashed = false, head = true } = {}) {
    const bend = Math.max(14, (x2 - x1) / 2);
    const path = y1 === y2 ? `M${x1} ${y1}H${x2}` : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    this.parts.push(`<path d="${path}" fill="none" stroke="${this.palette.flow}" stroke-width="2"${dashed ? ' stroke-dasharray="5 4"' : ""}/>`);
    if (head) this.parts.push(`<path d="M${x2} ${y2}l-8 -4.5v9z" fill="${this.palette.flow}"/>`);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {string} method
   */
  method(x, y, method) {
    const [light, dark] = METHODS[method] ?? ["#52696f", "#a0b9c1"];
    const color = this.isDark ? dark : light;
    const width = method.length * 7.6 + 14;
    this.parts.push(`<rect x="${x}" y="${y}" width="${width}" height="19" rx="5" fill="none" stroke="${color}"/>`);
    this.text(x + width / 2, y + 13.5, method, { size: 11, mono: true, weight: 700, fill: color, anchor: "middle" });
    return width;
  }

  /**
   * Labels one below the other; returns where the next would be.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {string[]} names
   */
  chips(x, y, width, names) {
    let at = y;
    for (const name of names) {
      this.box(x, at, width, 22, { fill: this.palette.chip, radius: 6 });
      this.text(x + 9, at + 15, name, { size: 12, mono: true, fill: this.palette.chipInk, width: width - 18 });
      at += 27;
    }
    return at;
  }
}

/**
 * Hosts, each once, with how often it is there.
 *
 * @param {string[]} hosts
 */
function hostsText(hosts) {
  const names = [...new Set(hosts)].map((name) => {
    const times = hosts.filter((other) => other === name).length;
    return times > 1 ? `${name} ×${times}` : name;
  });
  return names.join(", ") || "no host";
}

/** @param {BackendNode} backend */
const backendHeight = ({ steps, shape, group }) => 60 + 27 * steps.length + (shape.length + (group ? 1 : 0)) * 18 + (shape.length + (group ? 1 : 0) > 0 ? 6 : 0);

/**
 * @param {EndpointNode} endpoint
 * @param {number} gap
 */
const backendsHeight = ({ backends }, gap) => backends.reduce((sum, backend) => sum + backendHeight(backend) + gap, -gap);

/** @param {EndpointNode} endpoint */
const gapOf = ({ sequential }) => (sequential ? 38 : 14);

/** @param {EndpointNode} endpoint */
const laneHeight = (endpoint) => Math.max(118, 44 + backendsHeight(endpoint, gapOf(endpoint)), 44 + 27 * endpoint.steps.length);

/**
 * @param {Drawing} drawing
 * @param {BackendNode} backend
 * @param {number} y
 */
function drawBackend(drawing, backend, y) {
  const { palette } = drawing;
  const [x = 0, width = 0] = drawing.columns.backends;
  drawing.box(x, y, width, backendHeight(backend), { fill: palette.card, stroke: palette.line, dashed: backend.shadow });
  const badge = drawing.method(x + 12, y + 11, backend.method);
  drawing.text(x + 20 + badge, y + 25, backend.path, { mono: true, weight: 600, width: width - badge - 32 });
  const encoding = backend.encoding === "json" ? "" : ` · ${backend.encoding}`;
  drawing.text(x + 12, y + 47, `${hostsText(backend.hosts)}${encoding}${backend.shadow ? " · shadow" : ""}`, { size: 12, fill: palette.soft, width: width - 24 });
  let at = drawing.chips(x + 12, y + 60, width - 24, backend.steps) + 8;
  for (const shape of backend.shape) {
    drawing.text(x + 14, at + 5, shape, { size: 12, mono: true, fill: palette.soft, width: width - 28 });
    at += 18;
  }
  if (backend.group) drawing.text(x + 14, at + 5, `group { ${backend.group}: … }`, { size: 12, mono: true, fill: palette.accent, weight: 600, width: width - 28 });
}

/**
 * One endpoint, from the request to the answer.
 *
 * @param {Drawing} drawing
 * @param {EndpointNode} endpoint
 * @param {number} top
 */
function drawLane(drawing, endpoint, top) {
  const { palette } = drawing;
  const height = laneHeight(endpoint);
  const middle = top + height / 2;
  drawing.parts.push(`<g data-endpoint="${endpoint.index}">`);
  drawing.box(0, top, WIDTH - 2 * MARGIN, height, { fill: palette.lane, stroke: palette.line, radius: 14 });

  const [requestX = 0, requestWidth = 0] = drawing.columns.request;
  drawing.method(requestX, middle - 46, endpoint.method);
  drawing.text(requestX, middle - 5, endpoint.path, { size: 15, mono: true, weight: 700, width: requestWidth - 6 });
  drawing.text(requestX, middle + 15, `timeout ${endpoint.timeout}`, { size: 12, fill: palette.soft });
  if (endpoint.cost) {
    costTexts(endpoint.cost).forEach((line, index) => drawing.text(requestX, middle + 36 + 16 * index, line, { size: 12, fill: palette.good, width: requestWidth }));
  }

  const [stepsX = 0, stepsWidth = 0] = drawing.columns.steps;
  let out = requestX + requestWidth;
  if (endpoint.steps.length > 0) {
    drawing.flow([out, middle], [stepsX, middle]);
    drawing.chips(stepsX, middle - (27 * endpoint.steps.length - 5) / 2, stepsWidth, endpoint.steps);
    out = stepsX + stepsWidth;
  }

  const [backendX = 0, backendWidth = 0] = drawing.columns.backends;
  const [mergeX = 0] = drawing.columns.merge;
  const gap = gapOf(endpoint);
  let y = top + (height - backendsHeight(endpoint, gap)) / 2;
  const { backends, sequential } = endpoint;
  backends.forEach((backend, index) => {
    const own = backendHeight(backend);
    const center = y + own / 2;
    if (!sequential || index === 0) drawing.flow([out, middle], [backendX, center], { dashed: backend.shadow });
    else {
      const x = backendX + 40;
      drawing.parts.push(`<path d="M${x} ${y - gap}V${y - 2}" stroke="${palette.flow}" stroke-width="2"/><path d="M${x} ${y}l-4.5 -8h9z" fill="${palette.flow}"/>`);
      drawing.text(x + 12, y - gap / 2 + 4, backend.values.length > 0 ? `{${backend.values.join("}, {")}}` : "then", { size: 12, mono: true, fill: palette.accent, width: backendWidth - 60 });
    }
    if (!backend.shadow) drawing.flow([backendX + backendWidth, center], [mergeX, middle], { head: false });
    drawBackend(drawing, backend, y);
    y += own + gap;
  });

  const words = mergeText(endpoint);
  const [answerX = 0, answerWidth = 0] = drawing.columns.answer;
  const center = mergeX + 30;
  drawing.flow([center, middle], [answerX, middle]);
  const isMerge = words.startsWith("merge");
  drawing.parts.push(`<circle cx="${center}" cy="${middle}" r="${isMerge ? 30 : 26}" fill="${isMerge ? palette.merge : palette.chip}"/>`);
  const lines = words.split(", ");
  lines.forEach((line, index) => {
    const fill = isMerge ? palette.mergeInk : palette.chipInk;
    const shown = line === "as it comes" ? "stream" : line;
    drawing.text(center, middle + 4 + (index - (lines.length - 1) / 2) * 14, shown, { size: 12, weight: 600, fill, anchor: "middle" });
  });
  drawing.box(answerX, middle - 18, answerWidth, 36, { fill: palette.card, stroke: palette.accent, radius: 18 });
  drawing.text(answerX + answerWidth / 2, middle + 4, endpoint.output, { size: 12, mono: true, weight: 600, fill: palette.accent, anchor: "middle", width: answerWidth - 6 });
  drawing.parts.push("</g>");
  return height;
}

/**
 * The picture.
 *
 * @param {Model} model
 * @param {{ theme?: "light" | "dark" }} [options]
 */
export function svg(model, { theme = "light" } = {}) {
  const palette = PALETTES[theme];
  const shown = model.endpoints;
  const drawing = new Drawing(palette, theme === "dark", shown.some(({ steps }) => steps.length > 0));
  let y = 34;
  drawing.text(0, 22, model.name, { size: 22, weight: 700, width: 720 });
  const calls = shown.reduce((sum, { backends }) => sum + backends.length, 0);
  const counts = `${shown.length} endpoint${shown.length === 1 ? "" : "s"} · ${calls} backend${calls === 1 ? "" : "s"}`;
  drawing.text(WIDTH - 2 * MARGIN, 22, counts, { size: 13, fill: palette.soft, anchor: "end" });
  if (model.steps.length > 0) {
    let x = 0;
    for (const name of model.steps) {
      const width = Math.ceil(name.length * 7.3) + 20;
      if (x + width > WIDTH - 2 * MARGIN) {
        x = 0;
        y += 28;
      }
      drawing.chips(x, y + 4, width, [name]);
      x += width + 8;
    }
    y += 30;
  }
  for (const one of shown) y += drawLane(drawing, one, y + 12) + 14;
  const height = y + 2 * MARGIN - 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(`${model.name}: ${counts}`)}">`,
    `<rect width="${WIDTH}" height="${height}" fill="${palette.ground}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">`,
    ...drawing.parts,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
