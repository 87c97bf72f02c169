// Which backend of an endpoint a call belongs to.

/**
 * What is looked at of a backend, and of the configuration around it.
 *
 * @typedef {{ url_pattern?: unknown, host?: unknown, method?: unknown }} Backend
 * @typedef {{ host?: unknown, endpoints?: { endpoint?: unknown, method?: unknown, backend?: Backend[] }[] }} Config
 */

/** @param {unknown} host */
const hostsOf = (host) => (Array.isArray(host) ? host : host === undefined ? [] : [host]).filter((item) => typeof item === "string");

/**
 * A host without its scheme and what follows the name.
 *
 * @param {string} host
 */
const bare = (host) => host.replace(/^[a-z+]+:\/\//i, "").replace(/\/.*$/s, "").toLowerCase();

/**
 * A pattern for the paths that a `url_pattern` becomes.
 *
 * @param {string} pattern
 */
function pathPattern(pattern) {
  const [path = ""] = pattern.split("?");
  const parts = path.replace(/^\/*/, "/").split(/\{\{?[^{}]*\}\}?/);
  const wild = parts.map((part) => encodeURI(part).replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\\\*$/, ".*")).join("[^/?#]*");
  return new RegExp(`${wild}$`);
}

export class Routes {
  #backends;
  #uses;

  /**
   * @param {Config} config
   * @param {number} endpoint
   */
  constructor(config, endpoint) {
    this.#backends = (config.endpoints?.[endpoint]?.backend ?? []).map(({ url_pattern: pattern, host }, index) => {
      const own = hostsOf(host);
      return { index, path: pathPattern(typeof pattern === "string" ? pattern : "/"), hosts: (own.length > 0 ? own : hostsOf(config.host)).map(bare) };
    });
    this.#uses = this.#backends.map(() => 0);
  }

  /**
   * The backend that makes a call: of several that might, the one with the fewest calls before; null if it's none's.
   *
   * @param {string} url
   * @param {string} binding
   */
  backendOf(url, binding) {
    const { pathname, host } = new URL(url);
    const name = (binding || host).toLowerCase();
    const uses = (/** @type {{ index: number }} */ { index }) => this.#uses[index] ?? 0;
    const [first] = this.#backends.filter(({ path, hosts }) => hosts.includes(name) && path.test(pathname)).sort((a, b) => uses(a) - uses(b));
    if (first === undefined) return null;
    this.#uses[first.index] = uses(first) + 1;
    return first.index;
  }
}
