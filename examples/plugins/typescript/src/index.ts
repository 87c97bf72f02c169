// A worker with three plugins, one of each kind. Put your own in their place.
import { handler, next, type Client, type Modifier, type Server } from "./protocol.ts";

/** Turns away requests without a known key; the others go on with the tenant's name. */
const tenant: Server = (request, options) => {
  const { keys = {} } = (options.tenant ?? {}) as { keys?: Record<string, string> };
  const key = request.headers.get("x-key") ?? "";
  const name = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (name === undefined) return Response.json({ error: "unknown key" }, { status: 403 });
  return next({ "X-Tenant": name, "X-Key": null });
};

/** Adds a header line to the call, and makes it. */
const stamp: Client = (request, options) => {
  const { value = "stamped" } = (options.stamp ?? {}) as { value?: string };
  const call = new Request(request);
  call.headers.set("X-Stamp", value);
  return fetch(call);
};

/** Replaces members of the response. */
const mask: Modifier = {
  response: ({ data }, options) => {
    const { fields = [] } = (options.mask ?? {}) as { fields?: string[] };
    const masked = Object.entries(data ?? {}).map(([name, value]) => [name, fields.includes(name) ? "***" : value]);
    return { response: { data: Object.fromEntries(masked) } };
  },
};

export default handler({ servers: { tenant }, clients: { stamp }, modifiers: { mask } });
