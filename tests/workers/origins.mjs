// A worker around the module of the origins, without the gateway: it makes the calls that its client describes.
//
//   POST /call?json={profile, url, method, lines, millis, ...}   the response as JSON: { status, headers, body }
//   POST /pass?json=...                                            the response itself, body streamed
//   POST /publish?json={broker, message, millis, ...}              {}; the request's body is the message's
//   POST /receive?json={broker, settlement, millis, ...}           { body }, once the message is settled
//   GET /stats                                                     { memory, inFlight }
import plan from "./plan.json";
import { Origins } from "./js/origins.mjs";
import { trapped } from "./js/trap.mjs";

/** @import { Call, Context, OriginError } from "./js/origins.mjs" */

/**
 * What a client describes. With `abortAfter` the worker aborts, with `giveUpAfter` it answers first.
 *
 * @typedef {object} Described
 * @property {number} [profile]
 * @property {number} [broker]
 * @property {"bytes" | "stream"} [upload]
 * @property {object} [message]
 * @property {"ack" | "requeue" | "discard" | "none" | "twice"} [settlement]
 * @property {number} [settleAfter]
 * @property {number} [abortAfter]
 * @property {number} [giveUpAfter]
 */

const origins = new Origins(plan);

export default {
  /**
   * @param {Request} request
   * @param {unknown} _env
   * @param {Context} ctx
   */
  async fetch(request, _env, ctx) {
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
      const answering = operation(pathname, described, request, controller.signal, ctx);
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
 * @param {Context} ctx
 */
async function operation(pathname, described, request, signal, ctx) {
  const { profile = 0, broker = 0, upload, message = {}, settlement = "ack", settleAfter = 0, abortAfter: _a, giveUpAfter: _b, ...rest } = described;
  const call = { url: "", method: "GET", lines: "", millis: 5000, signal, ...rest };
  const { millis } = call;
  if (pathname === "/publish") {
    const body = new Uint8Array(await request.arrayBuffer());
    await origins.publish(broker, { message: JSON.stringify(message), body, millis, signal }, ctx);
    return Response.json({});
  }
  if (pathname === "/receive") {
    const { token, body } = await origins.receive(broker, { millis, signal }, ctx);
    if (settleAfter > 0) await new Promise((resolve) => setTimeout(resolve, settleAfter));
    if (settlement === "twice") await origins.settle(broker, token, "ack");
    if (settlement !== "none") await origins.settle(broker, token, settlement === "twice" ? "ack" : settlement);
    return Response.json({ body: new TextDecoder().decode(body), token });
  }
  if (upload === "bytes") call.body = new Uint8Array(await request.arrayBuffer());
  if (upload === "stream") call.body = request.body;
  const response = await origins.fetch(profile, call, ctx);
  const { status, headers } = response;
  if (pathname === "/pass") return new Response(response.body, { status, headers, encodeBody: "manual" });
  return Response.json({ status, headers: [...headers], body: await response.text() });
}
