// The tree of a configuration's endpoints and backends, as KrakenD's `check -d` writes it. More of it with each level.
import { paint } from "./color.mjs";
import { formatDuration, parseDuration } from "./duration.mjs";

/**
 * The members of a configuration that are shown. It has no errors, so they have these types.
 *
 * @typedef {{ [name: string]: unknown }} Extra
 *
 * @typedef {object} Backend
 * @property {string} [method]
 * @property {string} [url_pattern]
 * @property {string[]} [host]
 * @property {boolean} [disable_host_sanitize]
 * @property {string} [target]
 * @property {string[]} [deny]
 * @property {string[]} [allow]
 * @property {Record<string, string>} [mapping]
 * @property {string} [group]
 * @property {string} [encoding]
 * @property {boolean} [is_collection]
 * @property {string} [sd]
 * @property {string} [sd_scheme]
 * @property {string[]} [input_headers]
 * @property {string[]} [input_query_strings]
 * @property {Extra} [extra_config]
 *
 * @typedef {object} Endpoint
 * @property {string} endpoint
 * @property {string} [method]
 * @property {string | number} [timeout]
 * @property {string | number} [cache_ttl]
 * @property {number} [concurrent_calls]
 * @property {string} [output_encoding]
 * @property {string[]} [input_headers]
 * @property {string[]} [input_query_strings]
 * @property {Backend[]} [backend]
 * @property {Extra} [extra_config]
 *
 * @typedef {object} Agent
 * @property {string} [name]
 * @property {{ timeout?: string | number }} [consumer]
 * @property {Backend[]} [backend]
 * @property {Extra} [extra_config]
 *
 * @typedef {object} Service
 * @property {string} [name]
 * @property {number} [version]
 * @property {number} [port]
 * @property {string | number} [timeout]
 * @property {string | number} [cache_ttl]
 * @property {string[]} [host]
 * @property {string} [output_encoding]
 * @property {boolean} [disable_rest]
 * @property {boolean} [echo_endpoint]
 * @property {boolean} [sequential_start]
 * @property {Endpoint[]} [endpoints]
 * @property {Agent[]} [async_agent]
 * @property {Extra} [extra_config]
 */

/**
 * What backends inherit from an endpoint or an agent.
 *
 * @typedef {{ method: string, timeout: string, calls: number, encoding: string }} Inherited
 */

/**
 * @typedef {import("./core.mjs").Cost} Cost
 * @typedef {keyof typeof CODES} Color
 */

const CODES = { green: "32;1", white: "37;1", yellow: "33;1", red: "31;1", blue: "34;1", cyan: "36;1" };
/** @type {Partial<Record<string, Color>>} */
const METHODS = { GET: "blue", POST: "cyan", PUT: "yellow", DELETE: "red", PATCH: "green", HEAD: "cyan", OPTIONS: "white" };

/**
 * The lines of the tree of a configuration that has no errors, given as JSON text.
 *
 * @param {string} text
 * @param {{ level?: number, indent?: string, color?: boolean, costs?: Cost[], variables?: Record<string, string> }} [options]
 */
export function tree(text, { level = 1, indent = "\t", color = false, costs = [], variables = {} } = {}) {
  const service = /** @type {Service} */ (overridden(/** @type {Extra} */ (JSON.parse(text)), variables));
  const writer = new Writer(service, { level, indent, color, costs });
  writer.service();
  return writer.lines.join("\n");
}

/**
 * The service with variables of the environment in place of its scalars, as the core reads it.
 *
 * @param {Extra} service
 * @param {Record<string, string>} variables
 */
function overridden(service, variables) {
  const entries = Object.entries(service).map(([name, value]) => {
    const text = variables[`KRAKEND_${name.toUpperCase()}`];
    if (text === undefined) return [name, value];
    if (typeof value === "boolean") return [name, ["true", "1", "t", "T", "TRUE", "True"].includes(text)];
    if (typeof value === "number") return [name, Number(text)];
    return [name, typeof value === "string" ? text : value];
  });
  return /** @type {unknown} */ (Object.fromEntries(entries));
}

/**
 * A list as Go writes it.
 *
 * @param {unknown[] | undefined} items
 */
const list = (items) => `[${(items ?? []).map(plain).join(" ")}]`;

/**
 * Any value as Go writes it.
 *
 * @param {unknown} value
 * @returns {string}
 */
function plain(value) {
  if (Array.isArray(value)) return list(value);
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "string") return value;
  if (typeof value !== "object") return JSON.stringify(value);
  const members = new Map(Object.entries(value));
  return `map[${[...members.keys()].sort().map((key) => `${key}:${plain(members.get(key))}`).join(" ")}]`;
}

/**
 * A duration as written in the configuration, in Go's own notation; a bare number counts nanoseconds.
 *
 * @param {string | number | undefined} value
 */
function duration(value, otherwise = 0) {
  const time = typeof value === "number" ? value : parseDuration(value ?? "");
  return formatDuration(time === undefined || time === 0 ? otherwise : time);
}

/**
 * What one request costs the worker.
 *
 * @param {Cost} cost
 */
function costText({ calls, worst, at_once: atOnce, cpu, memory }) {
  const plural = calls === 1 ? "" : "s";
  const redirected = worst > calls ? ` (${worst} if all are redirected)` : "";
  const parts = [`${calls} call${plural}${redirected}`, `${atOnce} at once`, `about ${(cpu / 1000).toFixed(1)} ms of CPU`];
  if (memory > 0) parts.push(`${memory >> 10} KB of memory for answers of 10 KB`);
  return parts.join(", ");
}

class Writer {
  /** @type {string[]} */
  lines = [];

  /**
   * @param {Service} root
   * @param {{ level: number, indent: string, color: boolean, costs: Cost[] }} options
   */
  constructor(root, { level, indent, color, costs }) {
    this.root = root;
    this.timeout = duration(root.timeout, 2e9);
    this.level = level;
    this.indent = indent;
    this.color = color;
    this.costs = costs;
  }

  /**
   * @param {Color} name
   * @param {string} words
   */
  paint(name, words) {
    return paint(this.color, CODES[name], words);
  }

  /**
   * @param {string} prefix
   * @param {string} text
   */
  line(prefix, text) {
    this.lines.push(prefix + text);
  }

  service() {
    const { root, indent, level } = this;
    /** @type {[name: string, value: string | number | boolean | undefined][]} */
    const facts = [["Name", root.name ?? ""], ["Version", root.version], ["Port", root.port ?? 8080]];
    if (level > 1) facts.push(["Default cache TTL", duration(root.cache_ttl)], ["Default timeout", this.timeout]);
    if (root.host?.length || level > 1) facts.push(["Default backend hosts", list(root.host)]);
    if (level > 2) {
      facts.push(["Default encoding strategy", root.output_encoding ?? "json"]);
      facts.push(["Disable strict REST", root.disable_rest ?? false], ["Echo endpoint enabled", root.echo_endpoint ?? false]);
      facts.push(["Sequential start", root.sequential_start ?? false]);
    }
    this.line("", this.paint("green", "Global settings"));
    for (const [name, value] of facts) this.line(indent, `${name}: ${String(value)}`);
    this.components(root, "global", "");
    this.line("", this.paint("green", `${root.endpoints?.length ?? 0} API endpoint(s):`));
    (root.endpoints ?? []).forEach((endpoint, index) => this.endpoint(endpoint, this.costs[index]));
    this.line("", this.paint("green", `${root.async_agent?.length ?? 0} async agent(s):`));
    for (const agent of root.async_agent ?? []) this.agent(agent);
  }

  /**
   * @param {string} prefix
   * @param {string} sign
   * @param {string} method
   * @param {string} path
   */
  title(prefix, sign, method, path) {
    const color = METHODS[method];
    const colored = color === undefined ? method : this.paint(color, method);
    this.line(prefix, `${sign} ${colored} ${this.paint("cyan", path)}`);
  }

  /**
   * @param {Endpoint} endpoint
   * @param {Cost} [cost]
   */
  endpoint(endpoint, cost) {
    const { indent, level, root } = this;
    const method = endpoint.method ?? "GET";
    const timeout = endpoint.timeout === undefined ? this.timeout : duration(endpoint.timeout, 2e9);
    this.title(indent, "-", method, `/${endpoint.endpoint.replace(/^\//, "")}`);
    this.line(indent, `Timeout: ${timeout}`);
    if (endpoint.input_query_strings?.length || level > 1) this.line(indent, `QueryString: ${list(endpoint.input_query_strings)}`);
    if (level > 1) {
      this.line(indent, `CacheTTL: ${duration(endpoint.cache_ttl ?? root.cache_ttl)}`);
      this.line(indent, `Headers to pass: ${list(endpoint.input_headers)}`);
      this.line(indent, `OutputEncoding: ${endpoint.output_encoding ?? root.output_encoding ?? "json"}`);
    }
    const calls = endpoint.concurrent_calls ?? 1;
    if (calls > 1 || level > 1) this.line(indent, `Concurrent calls: ${calls}`);
    if (cost) this.line(indent, `At the edge: ${costText(cost)}`);
    this.components(endpoint, "endpoint", indent);
    this.backends(endpoint.backend ?? [], { method, timeout, calls, encoding: endpoint.output_encoding === "no-op" ? "no-op" : "json" });
  }

  /** @param {Agent} agent */
  agent(agent) {
    const { indent } = this;
    this.line(indent, `- ${this.paint("cyan", agent.name ?? "")}`);
    this.components(agent, "agent", indent);
    const timeout = duration(agent.consumer?.timeout, 2e9);
    this.backends(agent.backend ?? [], { method: "GET", timeout, calls: 1, encoding: "json" });
  }

  /**
   * @param {Backend[]} backends
   * @param {Inherited} inherited
   */
  backends(backends, inherited) {
    this.line(this.indent, this.paint("green", `Connecting to ${backends.length} backend(s):`));
    for (const backend of backends) this.backend(backend, inherited);
  }

  /**
   * @param {Backend} backend
   * @param {Inherited} inherited
   */
  backend(backend, { method, timeout, calls, encoding }) {
    const prefix = this.indent + this.indent;
    this.title(prefix, "[+]", backend.method ?? method, `/${(backend.url_pattern ?? "").replace(/^\//, "")}`);
    this.line(prefix, `Timeout: ${timeout}`);
    this.line(prefix, `Hosts: ${list(backend.host?.length ? backend.host : this.root.host)}`);
    if (this.level > 1) {
      this.line(prefix, `Concurrent calls: ${calls}`);
      this.line(prefix, `Host sanitization disabled: ${backend.disable_host_sanitize ?? false}`);
      this.line(prefix, `Target: ${backend.target ?? ""}`);
      this.line(prefix, `Deny: ${list(backend.deny)}, Allow: ${list(backend.allow)}`);
      this.line(prefix, `Mapping: ${plain(backend.mapping ?? {})}`);
      this.line(prefix, `Group: ${backend.group ?? ""}`);
      this.line(prefix, `Encoding: ${encoding === "no-op" ? encoding : backend.encoding ?? encoding}`);
      this.line(prefix, `Is collection: ${backend.is_collection ?? false}`);
      this.line(prefix, `SD: ${backend.sd ?? ""}`);
      this.line(prefix, `SD scheme: ${backend.sd_scheme ?? "http"}`);
      this.line(prefix, `Headers to pass: ${list(backend.input_headers)}`);
      this.line(prefix, `Query strings to pass: ${list(backend.input_query_strings)}`);
    }
    this.components(backend, "backend", prefix);
    this.line("", "");
  }

  /**
   * The namespaces of a part; with their options from the second level on.
   *
   * @param {{ extra_config?: Extra }} part
   * @param {string} what
   * @param {string} prefix
   */
  components({ extra_config: extra = {} }, what, prefix) {
    const names = Object.keys(extra).sort();
    if (names.length === 0 && this.level < 2) return;
    this.line(prefix, this.paint("green", `${names.length} ${what} component configuration(s):`));
    for (const name of names) {
      this.line(prefix, this.paint("yellow", `- ${name}`));
      if (this.level < 2) continue;
      const options = extra[name];
      if (options === null || typeof options !== "object" || Array.isArray(options)) this.line(`\t${prefix}`, `: ${plain(options)}`);
      else for (const [key, value] of Object.entries(options)) this.line(`\t${prefix}`, `${key}: ${plain(value)}`);
    }
  }
}
