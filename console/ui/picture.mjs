// The configuration as a picture, and the files that it can be taken home in.
import { dot } from "../../bin/lib/graph/dot.mjs";
import { mermaid } from "../../bin/lib/graph/mermaid.mjs";
import { svg } from "../../bin/lib/graph/svg.mjs";
import { fill, h, toast } from "./dom.mjs";
import { isDark, state } from "./state.mjs";

/** What the platform gives a request, in its free and its paid plan. */
const FREE_CALLS = 50;
const PAID_CALLS = 10_000;
const AT_ONCE = 6;

/** The endpoint that is drawn; all if undefined. @type {number | undefined} */
let only;

/**
 * @param {string} name
 * @param {string} type
 * @param {string} text
 */
function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @param {string} text */
async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast("Copied");
}

/**
 * @param {Element} place
 * @param {(endpoint: number) => void} tryIt
 */
export function showPicture(place, tryIt) {
  const { model } = state;
  if (model === null) return fill(place, h("p", { class: "quiet" }, "There is no picture before the configuration can be read."));
  if (only !== undefined && only >= model.endpoints.length) only = undefined;
  const shown = only === undefined ? model : { ...model, endpoints: model.endpoints.filter(({ index }) => index === only) };
  const select = h(
    "select",
    {
      onchange: () => {
        only = select.value === "" ? undefined : Number(select.value);
        showPicture(place, tryIt);
      },
    },
    h("option", { value: "" }, "All endpoints"),
    ...model.endpoints.map(({ method, path, index }) => h("option", { value: index, selected: only === index }, `${method} ${path}`)),
  );
  const canvas = h("div", { class: "canvas", tabindex: 0, role: "group", "aria-label": "Picture of the configuration" });
  // Made here of escaped texts; it has no scripts and no styles.
  canvas.append(document.importNode(new DOMParser().parseFromString(svg(shown, { theme: isDark() ? "dark" : "light" }), "image/svg+xml").documentElement, true));
  canvas.addEventListener("click", ({ target }) => {
    const lane = target instanceof Element ? target.closest("[data-endpoint]") : null;
    if (lane instanceof SVGElement) tryIt(Number(lane.dataset.endpoint));
  });
  const name = model.name.replace(/[^\w-]+/g, "-").toLowerCase();
  fill(
    place,
    h(
      "div",
      { class: "row" },
      h("label", { class: "picker" }, h("span", { class: "hidden" }, "Show"), select),
      h("span", { class: "space" }),
      h("button", { type: "button", onclick: () => save(`${name}.svg`, "image/svg+xml", svg(shown, { theme: isDark() ? "dark" : "light" })) }, "SVG"),
      h("button", { type: "button", onclick: () => copy(mermaid(shown)) }, "Copy Mermaid"),
      h("button", { type: "button", onclick: () => copy(dot(shown)) }, "Copy DOT"),
    ),
    canvas,
    h("h2", {}, "At the edge"),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "group", "aria-label": "Costs" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ...["Endpoint", "Calls", "If all are redirected", "At once", "CPU", "Memory"].map((text) => h("th", { scope: "col" }, text)), h("th", { scope: "col" }, h("span", { class: "hidden" }, "Try")))),
        h(
          "tbody",
          {},
          ...shown.endpoints.map(({ index, method, path, cost }) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, h("code", {}, `${method} ${path}`)),
              ...(cost === undefined
                ? [h("td", { colspan: 5 }, "not served")]
                : [
                    h("td", {}, meter(cost.calls, FREE_CALLS)),
                    h("td", {}, meter(cost.worst, FREE_CALLS)),
                    h("td", {}, meter(cost.at_once, AT_ONCE)),
                    h("td", {}, `${(cost.cpu / 1000).toFixed(2)} ms`),
                    h("td", {}, cost.memory > 0 ? `${Math.round(cost.memory / 1024)} KB` : "streamed"),
                  ]),
              h("td", {}, h("button", { type: "button", class: "small", onclick: () => tryIt(index), "aria-label": `Try ${method} ${path}` }, "Try")),
            ),
          ),
        ),
      ),
    ),
    h("p", { class: "quiet" }, `Cloudflare allows ${FREE_CALLS} calls per request in the free plan, ${PAID_CALLS.toLocaleString("en")} in the paid one, and ${AT_ONCE} that wait for an answer at once; more of them queue.`),
  );
}

/**
 * A number beside its limit.
 *
 * @param {number} value
 * @param {number} most
 */
const meter = (value, most) => h("span", { class: value > most ? "meter over" : "meter" }, h("meter", { min: 0, max: most, value: Math.min(value, most), high: most * 0.8, "aria-hidden": "true" }), ` ${value}`);
