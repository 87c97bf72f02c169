// `fjord purge`: makes a gateway forget answers that it has cached.
import { Failure, UsageError, messageOf } from "./errors.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  tag: { type: "string", short: "t", multiple: true, default: [] },
  endpoint: { type: "string", short: "e", multiple: true, default: [] },
  all: { type: "boolean", default: false },
};

export const help = `fjord purge: makes a gateway forget the answers that it has cached (@fjord.cache).

Usage: fjord purge HOST (--tag NAME | --endpoint PATH | --all)

  -t, --tag NAME         answers with this tag (@fjord.cache.tags); may be repeated
  -e, --endpoint PATH    answers of an endpoint, such as /products/{id}; may be repeated
      --all              all answers
  -h, --help             this text

The secret is the variable FJORD_PURGE_SECRET, as the worker has it:

  FJORD_PURGE_SECRET=… fjord purge https://shop.example.com --tag products

A purge reaches the data centre that answers it: docs/caching.md.`;

/** The variable with the secret, here as in the worker. */
const SECRET = "FJORD_PURGE_SECRET";

/** How long a gateway may take, in milliseconds. */
const PATIENCE = 30_000;

/**
 * What else a gateway may answer than that it's done.
 *
 * @type {Partial<Record<number, string>>}
 */
const REFUSALS = {
  401: `the secret isn't the worker's: compare ${SECRET} with "npx wrangler secret put ${SECRET}"`,
  404: `it has no purge: the worker needs FJORD_CACHE = "api" and the secret ${SECRET}. Answers of FJORD_CACHE = "workers" are purged at Cloudflare, by Cache-Tag`,
  503: "it couldn't write down the purge, and nothing is purged for certain: try again",
};

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute({ tag, endpoint, all }, positionals) {
  const tags = [...tag, ...endpoint.map((path) => (path.startsWith("/") ? path : `/${path}`))];
  const [host, ...more] = positionals;
  if (host === undefined || more.length > 0) throw new UsageError("purge needs the address of one gateway: fjord purge https://shop.example.com --tag NAME");
  if (tags.some((name) => name === "")) throw new UsageError("purge: a tag is empty, which would purge all answers: --all does");
  if (all === tags.length > 0) throw new UsageError("purge needs what to forget: --tag NAME, --endpoint PATH, or --all alone");
  const secret = process.env[SECRET];
  if (!secret) throw new UsageError(`purge needs the worker's secret in the variable ${SECRET}`);
  const url = address(host);
  for (const name of tags) url.searchParams.append("tag", name);
  const status = await ask(url, secret);
  if (status !== 204) throw new Failure(`${url.origin} purged nothing: ${REFUSALS[status] ?? `it answered ${status}`}`);
  console.log(`${url.origin} has purged ${all ? "all answers" : tags.join(", ")}; its other isolates follow within two seconds`);
}

/**
 * Where a gateway is asked to purge.
 *
 * @param {string} host
 */
function address(host) {
  const text = host.includes("://") ? host : `https://${host}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) throw new UsageError(`purge: "${host}" isn't the address of a gateway, such as https://shop.example.com`);
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol === "http:" && !isLocal) throw new UsageError(`purge: the secret would travel in clear text; use https://${url.host}`);
  return new URL("/__fjord/purge", url.origin);
}

/**
 * The status that a gateway answers with. Redirects aren't followed: the secret is for this host alone.
 *
 * @param {URL} url
 * @param {string} secret
 */
async function ask(url, secret) {
  try {
    const answer = await fetch(url, { method: "POST", redirect: "manual", headers: { authorization: `Bearer ${secret}` }, signal: AbortSignal.timeout(PATIENCE) });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : "";
    throw new Failure(`${url.origin} can't be reached: ${messageOf(error)}${cause}`);
  }
}
