// Who may ask, as OpenAPI says it: a scheme for each component that lets clients in.
import { part, text } from "../parts.mjs";

/** @typedef {import("../parts.mjs").Part} Part */

export class Security {
  /** @type {Map<string, Part>} */
  #used = new Map();

  /**
   * @param {Part} config
   * @param {Part} service The service's `documentation/openapi`.
   */
  constructor(config, service) {
    this.service = service;
    this.extra = part(config.extra_config);
  }

  /**
   * What an endpoint asks for. All in one requirement are needed, one requirement is enough.
   *
   * @param {Part} endpoint
   * @returns {Part[]}
   */
  of(endpoint) {
    const extra = part(endpoint.extra_config);
    /** @type {string[][]} The schemes that a component takes. */
    const components = [];
    const validator = extra["auth/validator"];
    if (validator !== undefined) components.push(this.#token(part(validator)));
    const keys = extra["auth/api-keys"];
    if (keys !== undefined) components.push([this.#key({ ...part(this.extra["auth/api-keys"]), ...part(keys) })]);
    if (extra["auth/basic"] !== undefined) components.push([this.#use("Basic", { type: "http", scheme: "basic" })]);
    /** @type {string[][]} */
    const none = [[]];
    const all = components.reduce((sets, names) => sets.flatMap((set) => names.map((name) => [...set, name])), none);
    return components.length === 0 ? [] : all.map((set) => Object.fromEntries(set.map((name) => [name, []])));
  }

  /** The schemes that endpoints use, and those of the configuration. */
  schemes() {
    return { ...Object.fromEntries(this.#used), ...part(this.service.custom_security_schemes) };
  }

  /** @param {Part} validator */
  #token({ cookie_key: cookie }) {
    const bearer = this.#use(text(this.service.jwt_key, "KrakenD-JWT"), { type: "http", scheme: "bearer", bearerFormat: "JWT" });
    const name = text(cookie, "");
    return name === "" ? [bearer] : [bearer, this.#use(text(this.service.cookie_name, "SESSIONID"), { type: "apiKey", in: "cookie", name })];
  }

  /** @param {Part} keys */
  #key({ strategy, identifier }) {
    const inQuery = strategy === "query_string";
    // The defaults of auth/api-keys.
    const name = text(identifier, inQuery ? "key" : "Authorization");
    if (!inQuery && name.toLowerCase() === "authorization") return this.#use("API-Key", { type: "http", scheme: "bearer" });
    return this.#use("API-Key", { type: "apiKey", in: inQuery ? "query" : "header", name });
  }

  /**
   * The name of a scheme: the wanted one, with a number where that is another scheme's.
   *
   * @param {string} wanted
   * @param {Part} scheme
   */
  #use(wanted, scheme) {
    const same = (/** @type {string} */ name) => JSON.stringify(this.#used.get(name) ?? scheme) === JSON.stringify(scheme);
    let name = wanted;
    for (let number = 2; !same(name); number++) name = `${wanted}-${number}`;
    this.#used.set(name, scheme);
    return name;
  }
}
