// What came of a request: the answer, the calls, what each step made of the data, the log.
import { messageOf } from "../../bin/lib/errors.mjs";
import { code, fill, h, pretty } from "./dom.mjs";
import { state } from "./state.mjs";
import { waterfall } from "./waterfall.mjs";

/**
 * @typedef {import("../messages.js").Answer} Answer
 * @typedef {import("../messages.js").Mock} Mock
 * @typedef {import("./state.mjs").Trial} Trial
 * @typedef {import("../../bin/lib/graph/model.mjs").EndpointNode} EndpointNode
 * @typedef {{ [name: string]: unknown }} Part
 */

/**
 * The options of an endpoint's backends.
 *
 * @param {number} endpoint
 */
export function backendsOf(endpoint) {
  const { endpoints } = /** @type {{ endpoints?: { backend?: Part[] }[] }} */ (state.config);
  return endpoints?.[endpoint]?.backend ?? [];
}

/**
 * A text with the lines that are new in it, and those of the text before that are gone.
 *
 * @param {string} before
 * @param {string} after
 */
function diff(before, after) {
  const [old, fresh] = [before.split("\n"), after.split("\n")];
  const shown = h("pre", { class: "diff", tabindex: 0 });
  // The longest common subsequence; long texts are shown unchanged.
  if (old.length * fresh.length > 250_000) return code(after);
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(fresh.length + 1));
  const same = (/** @type {number} */ i, /** @type {number} */ j) => old[i]?.trim().replace(/,$/, "") === fresh[j]?.trim().replace(/,$/, "");
  const at = (/** @type {number} */ i, /** @type {number} */ j) => lengths[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) for (let j = fresh.length - 1; j >= 0; j--) (lengths[i] ?? new Uint16Array())[j] = same(i, j) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  for (let i = 0, j = 0; i < old.length || j < fresh.length; ) {
    if (i < old.length && j < fresh.length && same(i, j)) shown.append(h("span", {}, `  ${fresh[j++]}`), (i++, ""));
    else if (j >= fresh.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) shown.append(h("del", {}, `- ${old[i++]}`));
    else shown.append(h("ins", {}, `+ ${fresh[j++]}`));
  }
  return shown;
}

/** @param {number} status */
const statusClass = (status) => `badge s${Math.floor(status / 100)}`;

/**
 * What came of a request.
 *
 * @param {Answer} answer
 * @param {EndpointNode} endpoint
 * @param {Trial} trial
 * @param {import("./engine.mjs").Engine} engine
 * @param {() => void} again
 */
export function shownAnswer(answer, endpoint, trial, engine, again) {
  const foreign = [...new Set(answer.calls.filter(({ backend, status }) => backend === null && status === null).map(({ url }) => url))];
  return [
    h("p", { class: "answer-line" }, h("span", { class: statusClass(answer.status) }, String(answer.status)), ` in ${answer.took} ms, ${answer.calls.length} call${answer.calls.length === 1 ? "" : "s"}`),
    h("details", { open: true }, h("summary", {}, `Header lines (${answer.headers.length})`), h("dl", { class: "lines" }, ...answer.headers.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
    answer.body === "" ? h("p", { class: "quiet" }, "The body is empty.") : code(pretty(answer.body)),
    h("h3", {}, "Calls"),
    answer.calls.length === 0 ? h("p", { class: "quiet" }, "No origin was called.") : waterfall(answer),
    ...foreign.map((url) =>
      h(
        "p",
        { class: "hint" },
        "Nothing answers at ",
        h("code", {}, url),
        ". ",
        h("button", { type: "button", class: "small", onclick: () => (trial.others.push({ url, status: 200, body: "{}", type: "application/json", headers: "", latency: 20, failure: "" }), again()) }, "Give it an answer"),
      ),
    ),
    ...answer.calls.map((call) =>
      h(
        "details",
        { class: "call-details" },
        h("summary", {}, h("code", {}, `${call.method} ${call.url}`), ` · ${call.status ?? call.error}`),
        h("dl", { class: "lines" }, ...call.headers.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
        call.body === "" ? null : code(pretty(call.body)),
      ),
    ),
    h("h3", {}, "Step by step"),
    h("div", { class: "stages" }, ...endpoint.backends.map((_, index) => stagesOf(endpoint, index, answer, trial, engine))),
    h("h3", {}, "Log"),
    answer.log.length === 0 ? h("p", { class: "quiet" }, "The gateway logs nothing.") : h("pre", { class: "log", tabindex: 0 }, ...answer.log.map(({ level, line }) => h("span", { class: level }, `${line}\n`))),
  ];
}

/**
 * What each step makes of the data of a backend.
 *
 * @param {EndpointNode} endpoint
 * @param {number} index
 * @param {Answer} answer
 * @param {Trial} trial
 * @param {import("./engine.mjs").Engine} engine
 */
function stagesOf(endpoint, index, answer, trial, engine) {
  const place = h("div", { class: "stage-list" });
  const { path = "" } = endpoint.backends[index] ?? {};
  const call = answer.calls.findLast(({ backend, status }) => backend === index && status !== null);
  const box = h("details", { class: "stage", open: index === 0 }, h("summary", {}, `Backend ${index + 1} · `, h("code", {}, path)), place);
  const mock = trial.mocks[index];
  if (call === undefined || mock === undefined) fill(place, h("p", { class: "quiet" }, "It gave no answer."));
  else if (endpoint.streams) fill(place, h("p", { class: "quiet" }, "Its answer is streamed through: no step reads it."));
  else if (call.status !== 200 && call.status !== 201) fill(place, h("p", { class: "quiet" }, `Status ${call.status}: not a success for KrakenD, so its data are not used.`));
  else void drawStages(place, backendsOf(endpoint.index)[index] ?? {}, { ...mock, body: call.received }, engine);
  return box;
}

/**
 * @param {Element} place
 * @param {Part} backend
 * @param {Mock} mock
 * @param {import("./engine.mjs").Engine} engine
 */
async function drawStages(place, backend, mock, engine) {
  try {
    const stages = await engine.ask("stages", { backend, mock });
    let before = pretty(mock.body);
    const shown = stages.map(({ name, option, body, failed }) => {
      const after = pretty(body);
      const change = failed ? h("p", { class: "hint" }, body) : before === after ? h("p", { class: "quiet" }, "changes nothing") : diff(before, after);
      before = after;
      return h("section", {}, h("h4", {}, name, " ", h("code", {}, option)), change);
    });
    fill(place, ...shown, h("p", { class: "quiet" }, "Then its data go into the answer. Scripts, CEL and Martian don't run in this view."));
  } catch (error) {
    fill(place, h("p", { class: "hint" }, messageOf(error)));
  }
}
