// A worker around the module of the origins, without the gateway: it makes the call that its client describes.
//
//   POST /call?json={profile, url, method, lines, millis, ...}   the response as JSON: { status, headers, body }
//   POST /pass?json=...                                            the response itself, body streamed
//   GET /stats                                                     { memory, inFlight }
import plan from "./plan.json";
import { Origins } from "./origins/origins.mjs";
import { trapped } from "./origins/trap.mjs";

const origins = new Origins(plan);

export default {
  async fetch(request, _env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/stats") return Response.json({ memory: origins.memory, inFlight: origins.inFlight });
    if (pathname === "/trap") return new Response(trapped("a test"));
    const { profile = 0, upload, abortAfter, giveUpAfter, ...call } = JSON.parse(searchParams.get("json"));
    const controller = new AbortController();
    if (abortAfter !== undefined) setTimeout(() => controller.abort(), abortAfter);
    if (upload === "bytes") call.body = new Uint8Array(await request.arrayBuffer());
    if (upload === "stream") call.body = request.body;
    const order = { method: "GET", lines: "", millis: 5000, signal: controller.signal, ...call };
    try {
      const called = origins.fetch(profile, order, ctx);
      if (giveUpAfter !== undefined) {
        const late = new Promise((_, reject) => setTimeout(() => reject(new Error("given up")), giveUpAfter));
        return await answer(pathname, await Promise.race([called, late]));
      }
      return await answer(pathname, await called);
    } catch (error) {
      return Response.json({ error: error.message, code: error.code }, { status: 500 });
    }
  },
};

async function answer(pathname, response) {
  const { status, headers } = response;
  if (pathname === "/pass") return new Response(response.body, { status, headers, encodeBody: "manual" });
  return Response.json({ status, headers: [...headers], body: await response.text() });
}
