// A request to an endpoint, with origins that answer as one likes.
import { messageOf } from "../../bin/lib/errors.mjs";
import { field, fill, h, pretty, toast } from "./dom.mjs";
import { backendsOf, shownAnswer } from "./outcome.mjs";
import { sampleBody, sampleParameter } from "./sample.mjs";
import { on, state, tell } from "./state.mjs";

/**
 * @typedef {import("../messages.js").Mock} Mock
 * @typedef {import("../messages.js").OtherMock} OtherMock
 * @typedef {import("./state.mjs").Trial} Trial
 * @typedef {import("../../bin/lib/graph/model.mjs").EndpointNode} EndpointNode
 */

/** @param {EndpointNode} endpoint */
const keyOf = ({ method, path }) => `${method} ${path}`;

/** @param {string} path */
const parametersOf = (path) => [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);

/**
 * What an origin answers to begin with: what the example says for its path, or something that fits.
 *
 * @param {EndpointNode} endpoint
 * @param {number} index
 * @param {Record<string, string>} parameters
 * @returns {Mock}
 */
function mockFor(endpoint, index, parameters) {
  const { path = "/" } = endpoint.backends[index] ?? {};
  const filled = path.replace(/\{([^{}]+)\}/g, (_, /** @type {string} */ name) => parameters[name] ?? "1");
  const known = state.answers[filled];
  const isKnown = Object.keys(state.answers).length > 0 && path.startsWith("/demo/");
  const body = known ?? (isKnown ? "" : sampleBody(backendsOf(endpoint.index)[index] ?? {}, index, endpoint));
  const status = isKnown && known === undefined ? 404 : 200;
  return { status, body: pretty(body), type: path.endsWith(".svg") ? "image/svg+xml" : "application/json", headers: "", latency: 40 + 35 * index, failure: "" };
}

/**
 * The trial of an endpoint, with as many answers as it has backends.
 *
 * @param {EndpointNode} endpoint
 */
export function trialOf(endpoint) {
  const key = keyOf(endpoint);
  const trial = (state.trials[key] ??= { parameters: {}, query: "", headers: "", body: "", address: "203.0.113.7", mocks: [], others: [] });
  for (const name of parametersOf(endpoint.path)) trial.parameters[name] ??= sampleParameter(name);
  endpoint.backends.forEach((_, index) => (trial.mocks[index] ??= mockFor(endpoint, index, trial.parameters)));
  return trial;
}

/**
 * Path and query of a request.
 *
 * @param {EndpointNode} endpoint
 * @param {Trial} trial
 */
function targetOf({ path }, { parameters, query }) {
  const filled = path.replace(/\{([^{}]+)\}/g, (_, /** @type {string} */ name) => encodeURIComponent(parameters[name] ?? "")).replace(/\*$/, "anything");
  return filled + (query === "" ? "" : `?${query.replace(/^\?/, "")}`);
}

/** @param {string} text */
const linesOf = (text) =>
  text.split("\n").flatMap((line) => {
    const [, name, value = ""] = /^\s*([^:\s]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    return name === undefined ? [] : [/** @type {[string, string]} */ ([name, value])];
  });

/**
 * An input that writes what is typed.
 *
 * @param {string} value
 * @param {(value: string) => void} write
 * @param {import("./dom.mjs").Attributes} [attributes]
 */
function input(value, write, attributes = {}) {
  const made = h("input", { value, spellcheck: "false", autocomplete: "off", ...attributes, oninput: () => { write(made.value); } });
  return made;
}

/**
 * @param {string} value
 * @param {(value: string) => void} write
 * @param {import("./dom.mjs").Attributes} [attributes]
 */
function area(value, write, attributes = {}) {
  const made = h("textarea", { spellcheck: "false", rows: Math.min(12, Math.max(2, value.split("\n").length)), ...attributes, oninput: () => { write(made.value); } });
  made.value = value;
  return made;
}

const FAILURES = [["", "answers"], ["refused", "refuses the connection"], ["silent", "never answers"]];

/**
 * The card of an origin's answer.
 *
 * @param {Mock} mock
 */
function mockFields(mock) {
  const failure = h("select", {}, ...FAILURES.map(([value = "", text = ""]) => h("option", { value, selected: mock.failure === value }, text)));
  const rest = h(
    "div",
    { class: "mock-rest", hidden: mock.failure !== "" },
    h(
      "div",
      { class: "row" },
      field("Status", input(String(mock.status), (value) => (mock.status = Number(value) || 200), { type: "number", min: 200, max: 599 }), "narrow"),
      field("Content type", input(mock.type, (value) => (mock.type = value)), "grow"),
    ),
    field("Body", area(mock.body, (value) => (mock.body = value), { class: "mono" })),
    h("details", {}, h("summary", {}, "Header lines"), area(mock.headers, (value) => (mock.headers = value), { class: "mono", "aria-label": "Header lines, Name: value", placeholder: "X-Total: 12" })),
  );
  failure.addEventListener("change", () => {
    mock.failure = /** @type {Mock["failure"]} */ (failure.value);
    rest.hidden = mock.failure !== "";
  });
  return [
    h("div", { class: "row" }, field("This origin", failure, "grow"), field("after, in ms", input(String(mock.latency), (value) => (mock.latency = Math.max(0, Number(value) || 0)), { type: "number", min: 0, max: 600_000 }), "narrow")),
    rest,
  ];
}

/**
 * @param {Element} place
 * @param {import("./engine.mjs").Engine} engine
 */
export function tryView(place, engine) {
  /** Which endpoint is shown, and with how many backends: typing in the editor doesn't take the fields away. */
  let shape = "";
  const show = () => {
    const { model } = state;
    if (model === null || model.endpoints.length === 0) {
      shape = "";
      return fill(place, h("p", { class: "quiet" }, "There is no endpoint to try."));
    }
    state.endpoint = Math.min(state.endpoint, model.endpoints.length - 1);
    const endpoint = model.endpoints[state.endpoint];
    if (endpoint === undefined) return undefined;
    const now = JSON.stringify([model.endpoints.map(keyOf), state.endpoint, endpoint.backends.map(({ path, method, hosts }) => [path, method, hosts])]);
    if (now === shape) return undefined;
    shape = now;
    draw(endpoint, model.endpoints);
    return undefined;
  };

  /**
   * @param {EndpointNode} endpoint
   * @param {EndpointNode[]} all
   */
  const draw = (endpoint, all) => {
    const trial = trialOf(endpoint);
    const select = h("select", { id: "endpoint", onchange: () => { state.endpoint = Number(select.value); tell("endpoint"); } }, ...all.map((one, index) => h("option", { value: index, selected: one === endpoint }, keyOf(one))));
    const result = h("div", { class: "answer", id: "answer", "aria-live": "polite" });
    const target = h("code", { class: "target" });
    const write = () => (target.textContent = `${endpoint.method} ${targetOf(endpoint, trial)}`);
    write();
    const others = h("div", {});
    const again = () => {
      drawOthers();
      toast("Fill in its answer, then send again");
      others.scrollIntoView({ block: "center" });
    };
    const drawOthers = () => {
      fill(
        others,
        ...trial.others.map((mock, index) =>
          h(
            "fieldset",
            { class: "mock" },
            h("legend", {}, "Other call"),
            field("Address, or how it begins", input(mock.url, (value) => (mock.url = value), { class: "mono" })),
            ...mockFields(mock),
            h("button", { type: "button", class: "small", onclick: () => { trial.others.splice(index, 1); drawOthers(); } }, "Remove"),
          ),
        ),
      );
    };
    drawOthers();
    const send = async () => {
      button.disabled = true;
      try {
        const ask = { method: endpoint.method, target: targetOf(endpoint, trial), headers: linesOf(trial.headers), body: trial.body, address: trial.address };
        const answer = await engine.ask("run", { project: state.project, endpoint: endpoint.index, ask, mocks: trial.mocks, others: trial.others });
        fill(result, ...shownAnswer(answer, endpoint, trial, engine, again));
        result.scrollIntoView({ block: "start" });
      } catch (error) {
        fill(result, h("p", { class: "hint" }, messageOf(error)));
      } finally {
        button.disabled = false;
      }
    };
    const button = h("button", { type: "submit", class: "strong" }, "Send");
    const hasBody = !["GET", "HEAD"].includes(endpoint.method);
    const parameters = parametersOf(endpoint.path);
    fill(
      place,
      h(
        "form",
        {
          onsubmit: (event) => {
            event.preventDefault();
            return send();
          },
        },
        h("div", { class: "row" }, field("Endpoint", select, "grow"), button),
        h("p", { class: "target-line" }, target),
        h(
          "div",
          { class: "row wrap" },
          ...parameters.map((name) => field(`{${name}}`, input(trial.parameters[name] ?? "", (value) => ((trial.parameters[name] = value), write())))),
          field("Query", input(trial.query, (value) => ((trial.query = value), write()), { placeholder: "page=2", class: "mono" }), "grow"),
          field("Client's address", input(trial.address, (value) => (trial.address = value), { class: "mono" })),
        ),
        h("details", { open: trial.headers !== "" || hasBody }, h("summary", {}, hasBody ? "Header lines and body" : "Header lines"), field("Header lines", area(trial.headers, (value) => (trial.headers = value), { class: "mono", placeholder: "Authorization: Bearer …" })), hasBody ? field("Body", area(trial.body, (value) => (trial.body = value), { class: "mono" })) : null),
        h(
          "div",
          { class: "mocks" },
          ...endpoint.backends.map((backend, index) => {
            const mock = trial.mocks[index];
            return mock === undefined ? null : h("fieldset", { class: "mock" }, h("legend", {}, `Backend ${index + 1} · `, h("code", {}, `${backend.method} ${backend.path}`)), ...mockFields(mock));
          }),
        ),
        others,
        h("div", { class: "row" }, h("button", { type: "submit" }, "Send"), h("button", { type: "button", onclick: () => engine.ask("reset", null).then(() => toast("Rate limits, caches and circuit breakers are reset")) }, "Start over"), h("span", { class: "quiet" }, "Time is simulated: waiting costs nothing.")),
      ),
      result,
    );
  };

  on("opinion", show);
  on("endpoint", show);
  show();
  return () => {
    shape = "";
    show();
  };
}
