// What the page is about: a project, what the engine says of it, and the requests that are tried.

/**
 * @typedef {import("../messages.js").Project} Project
 * @typedef {import("../messages.js").Opinion} Opinion
 * @typedef {import("../messages.js").Mock} Mock
 * @typedef {import("../messages.js").OtherMock} OtherMock
 * @typedef {import("../../bin/lib/graph/model.mjs").Model} Model
 *
 * @typedef {object} Trial A request to an endpoint, and how its origins answer.
 * @property {Record<string, string>} parameters
 * @property {string} query
 * @property {string} headers
 * @property {string} body
 * @property {string} address
 * @property {Mock[]} mocks
 * @property {OtherMock[]} others
 *
 * @typedef {object} State
 * @property {Project} project
 * @property {Opinion | null} opinion
 * @property {Model | null} model Of the last configuration that could be read.
 * @property {unknown} config
 * @property {number} endpoint The chosen one.
 * @property {Record<string, Trial>} trials By method and path of the endpoint.
 * @property {Record<string, string>} answers Bodies of origins by path: what trials begin with.
 */

/** @type {State} */
export const state = {
  project: { files: { "krakend.json": "" }, main: "krakend.json", env: {} },
  opinion: null,
  model: null,
  config: null,
  endpoint: 0,
  trials: {},
  answers: {},
};

/** @type {Map<string, (() => void)[]>} */
const listeners = new Map();

/**
 * @param {"opinion" | "endpoint" | "theme"} what
 * @param {() => void} listener
 */
export const on = (what, listener) => listeners.set(what, [...(listeners.get(what) ?? []), listener]);

/** @param {"opinion" | "endpoint" | "theme"} what */
export const tell = (what) => listeners.get(what)?.forEach((listener) => listener());

/** Whether the page is dark. */
export function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme === undefined ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
}
