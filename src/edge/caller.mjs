// Who asks, as far as the platform tells: two lines beside the header lines, with names that no header can have.
import { CLIENT, PEER } from "./protocol.mjs";

/**
 * The line about who asks; empty where nobody tells.
 *
 * Cloudflare's edge writes `CF-Connecting-IP` itself, and its requests have a `cf`. So has a workerd of one's own, but that one
 * tells the other end of the connection with its port and no place (`colo`), and whatever a client sends is the client's.
 * @param {Request} request
 */
export function caller(request) {
  const cf = /** @type {{ clientIp?: unknown, colo?: unknown } | null | undefined} */ (request.cf);
  if (cf === undefined || cf === null) return "";
  if (typeof cf.clientIp === "string" && cf.colo === undefined) return `${PEER}\0${cf.clientIp}\0`;
  const client = request.headers.get("cf-connecting-ip");
  return client === null ? "" : `${CLIENT}\0${client}\0`;
}
