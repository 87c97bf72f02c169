// The endpoints of the gateway that serves this page, asked for real.
import { code, field, fill, h, pretty } from "./dom.mjs";
import { graphOf } from "../../bin/lib/graph/model.mjs";

/** Answers longer than this are cut: they are for looking at. */
const MOST = 64 << 10;

/** Whether a gateway serves this page. */
export async function isServed() {
  try {
    const answer = await fetch("/__health");
    return answer.ok && /** @type {{ status?: unknown }} */ (await answer.json()).status === "ok";
  } catch {
    return false;
  }
}

/**
 * @param {string} method
 * @param {string} path
 */
function endpointItem(method, path) {
  const place = h("div", { class: "answer", "aria-live": "polite" });
  const names = [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);
  /** @type {Record<string, string>} */
  const values = Object.fromEntries(names.map((name) => [name, "1"]));
  const inputs = names.map((name) => {
    const made = h("input", { value: "1", oninput: () => { values[name] = made.value; } });
    return field(`{${name}}`, made, "narrow");
  });
  const send = async () => {
    const target = path.replace(/\{([^{}]+)\}/g, (_, /** @type {string} */ name) => encodeURIComponent(values[name] ?? ""));
    const started = performance.now();
    try {
      const answer = await fetch(target, { method });
      const type = answer.headers.get("content-type") ?? "";
      const body = await answer.blob();
      const took = Math.round(performance.now() - started);
      fill(
        place,
        h("p", { class: "answer-line" }, h("span", { class: `badge s${Math.floor(answer.status / 100)}` }, String(answer.status)), ` in ${took} ms, ${body.size} bytes`),
        h("details", {}, h("summary", {}, "Header lines"), h("dl", { class: "lines" }, ...[...answer.headers].flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]))),
        type.startsWith("image/") ? h("img", { class: "live-image", src: URL.createObjectURL(body), alt: `The answer of ${target}` }) : code(pretty((await body.slice(0, MOST).text()))),
      );
    } catch (error) {
      fill(place, h("p", { class: "hint" }, String(error)));
    }
  };
  return h("li", { class: "live-item" }, h("div", { class: "row" }, h("code", { class: "grow" }, `${method} ${path}`), ...inputs, h("button", { type: "button", onclick: send, "aria-label": `Send ${method} ${path}` }, "Send")), place);
}

/**
 * @param {Element} place
 * @param {string} text The configuration that is served.
 */
export function liveView(place, text) {
  const { endpoints } = graphOf(JSON.parse(text));
  const items = endpoints.filter(({ method }) => method === "GET").map(({ method, path }) => endpointItem(method, path));
  fill(place, h("h2", {}, "The gateway that serves this page"), h("p", { class: "summary" }, "It runs now, with the configuration that the page began with: these requests go to it."), h("ul", { class: "list live" }, ...items, endpointItem("GET", "/__health")));
}
