// Where a local gateway listens.
import net from "node:net";
import { Failure, UsageError, codeOf, messageOf } from "../errors.mjs";

/** KrakenD's port without one in the configuration. */
const DEFAULT_PORT = 8080;

/**
 * The address of a configuration, unless options say another.
 *
 * @param {unknown} config
 * @param {{ host?: string, port?: string }} given
 */
export function listenAddress(config, given) {
  const { port, listen_ip: ip } = /** @type {{ port?: unknown, listen_ip?: unknown }} */ (config ?? {});
  return { host: hostAddress(given.host ?? (typeof ip === "string" && ip !== "" ? ip : "127.0.0.1")), port: portNumber(given.port ?? port ?? DEFAULT_PORT) };
}

/**
 * @param {string} host
 * @param {number} port
 */
export const written = (host, port) => `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** @param {unknown} value */
export function portNumber(value) {
  const port = Number(value);
  if (!/^\d+$/.test(String(value)) || port > 65535) throw new UsageError(`${String(value)} isn't a port: expected a number from 0 to 65535`);
  return port;
}

/** @param {string} value */
function hostAddress(value) {
  if (value === "localhost") return "127.0.0.1";
  if (!net.isIP(value)) throw new UsageError(`${value} isn't an IP address`);
  return value;
}

/** @type {Partial<Record<string, string>>} */
const REASONS = { EADDRINUSE: "is in use by another program", EACCES: "needs more rights", EADDRNOTAVAIL: "isn't an address of this machine" };

/**
 * Fails where nothing can listen. workerd's own message about a taken port is long, and it comes late.
 *
 * @param {string} host
 * @param {number} port
 * @returns {Promise<void>}
 */
export function ensureFree(host, port) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", (error) => {
      reject(new Failure(`${host}:${port} ${REASONS[codeOf(error) ?? ""] ?? messageOf(error)}`));
    });
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve()));
  });
}
