// A worker around the module of the origins, without the gateway: it makes the calls that its client describes.
//
//   POST /call?json={profile, url, method, lines, millis, ...}   the response as JSON: { status, headers, body }
//   POST /pass?json=...                                            the response itself, body streamed
//   POST /publish?json={broker, message, millis, ...}              {}; the request's body is the message's
//   POST /receive?json={broker, settlement, millis, ...}           { body }, once the message is settled
//   GET /stats                                                     { memory, inFlight }
import list from "./plan.json";
import { GroupReader, groupOf } from "./js/groups.mjs";
import { Origins } from "./js/origins.mjs";
import { trapped } from "./js/trap.mjs";

/** @import { Call, Context, OriginError } from "./js/origins.mjs" */

/**
 * What a client describes. With `abortAfter` the worker aborts, with `giveUpAfter` it answers first.
 *
 * @typedef {object} Described
 * @property {number} [profile]
 * @property {number} [broker]
 * @property {string} [group] the name of the object that reads it
 * @property {"bytes" | "stream"} [upload]
 * @property {object} [message]
 * @property {"ack" | "requeue" | "discard" | "none" | "twice"} [settlement]
 * @property {number} [settleAfter]
 * @property {number} [abortAfter]
 * @property {number} [giveUpAfter]
 */

const origins = new Origins();

/** The profiles and brokers that a call names by their numbers. A broker may name a profile. */
const { tls, brokers } = /** @type {{ tls: object[], brokers: { tls?: string | { profile: number } }[] }} */ (JSON.parse(list));

/** The plan of a profile. @param {number} number */
const planOfProfile = (number) => JSON.stringify({ tls: tls[number] });

/** The plan of a broker. @param {number} number */
function planOfBroker(number) {
  const broker = brokers[number];
  return JSON.stringify(typeof broker?.tls === "object" ? { tls: tls[broker.tls.profile], broker: { ...broker, tls: undefined } } : { broker });
}

export class FjordOrigins extends GroupReader {
  origins = origins;
}

export default {
  /**
   * @param {Request} request
   * @param {{ GROUPS: DurableObjectNamespace<FjordOrigins> }} env
   * @param {Context} ctx
   */
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/stats") return Response.json({ memory: origins.memory, inFlight: origins.inFlight });
    if (pathname === "/trap") {
      trapped("a test");
      return new Response();
    }
    const described = /** @type {Described & Partial<Call>} */ (JSON.parse(searchParams.get("json") ?? "{}"));
    const controller = new AbortController();
    if (described.abortAfter !== undefined) setTimeout(() => controller.abort(), described.abortAfter);
    try {
      const answering = operation(pathname, described, request, controller.signal, env, ctx);
      if (described.giveUpAfter === undefined) return await answering;
      /** @type {Promise<never>} */
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error("given up")), described.giveUpAfter));
      return await Promise.race([answering, late]);
    } catch (error) {
      const { message, code } = /** @type {OriginError} */ (error);
      return Response.json({ error: message, code }, { status: 500 });
    }
  },
};

/**
 * @param {string} pathname
 * @param {Described & Partial<Call>} described
 * @param {Request} request
 * @param {AbortSignal} signal
 * @param {{ GROUPS: DurableObjectNamespace<FjordOrigins> }} env
 * @param {Context} ctx
 */
async function operation(pathname, described, request, signal, env, ctx) {
  const { profile = 0, broker = 0, group, upload, message = {}, settlement = "ack", settleAfter = 0, abortAfter: _a, giveUpAfter: _b, ...rest } = described;
  const call = { url: "", method: "GET", lines: "", millis: 5000, signal, ...rest };
  const { millis } = call;
  if (pathname === "/publish") {
    const body = new Uint8Array(await request.arrayBuffer());
    await origins.publish(planOfBroker(broker), { message: JSON.stringify(message), body, millis, signal }, ctx);
    return Response.json({});
  }
  if (pathname === "/receive") {
    const reader = group === undefined ? undefined : groupOf(env.GROUPS, group, planOfBroker(broker));
    const { token, body } = await (reader?.receive(millis) ?? origins.receive(planOfBroker(broker), { millis, signal }, ctx));
    const settle = (/** @type {"ack" | "requeue" | "discard"} */ how) => reader?.settle(token, how) ?? origins.settle(planOfBroker(broker), token, how);
    if (settleAfter > 0) await new Promise((resolve) => setTimeout(resolve, settleAfter));
    if (settlement === "twice") await settle("ack");
    if (settlement !== "none") await settle(settlement === "twice" ? "ack" : settlement);
    return Response.json({ body: new TextDecoder().decode(body), token });
  }
  if (upload === "bytes") call.body = new Uint8Array(await request.arrayBuffer());
  if (upload === "stream") call.body = request.body;
  const response = await origins.fetch(planOfProfile(profile), call, ctx);
  const { status, headers } = response;
  if (pathname === "/pass") return new Response(response.body, { status, headers, encodeBody: "manual" });
  return Response.json({ status, headers: [...headers], body: await response.text() });
}
