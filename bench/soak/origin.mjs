// The origin of a soak, a process of its own: tells each request its own id, and misbehaves when it is asked to.
import http from "node:http";

/** How an origin can fail; a request asks for one with the header `X-Soak-Fault`. */
const faults = {
  /** @param {http.ServerResponse} answer */
  reset: (answer) => answer.socket?.destroy(),
  hang: () => {},
  /** @param {http.ServerResponse} answer */
  busy: (answer) => answer.writeHead(503).end("busy"),
  /** @param {http.ServerResponse} answer */
  malformed: (answer) => answer.writeHead(200, { "content-type": "application/json" }).end('{"id":'),
  /** @param {http.ServerResponse} answer */
  cut: (answer) => {
    answer.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    answer.write('{"id":"');
    setTimeout(() => answer.destroy(), 5);
  },
  /** @param {http.ServerResponse} answer */
  drip: (answer) => {
    answer.writeHead(200, { "content-type": "application/json" });
    const timer = setInterval(() => answer.write(" "), 100);
    answer.on("close", () => clearInterval(timer));
  },
};

export const FAULTS = Object.keys(faults);

/** @param {http.IncomingMessage} request */
async function received(request) {
  let text = "";
  for await (const chunk of request.setEncoding("latin1")) text += chunk;
  return text;
}

/** @param {http.IncomingMessage} request @param {http.ServerResponse} answer */
async function serve(request, answer) {
  const url = new URL(request.url ?? "/", "http://origin");
  const body = await received(request);
  const { "x-soak-id": header, "x-soak-fault": fault, "x-soak-lua": echo, "x-sub": subject } = request.headers;
  const id = url.searchParams.get("id") ?? header;
  if (typeof fault === "string" && url.pathname !== "/token") return faults[/** @type {keyof typeof faults} */ (fault)](answer);
  /** @param {object} value @param {Record<string, string>} [headers] */
  const json = (value, headers) => answer.writeHead(200, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
  if (url.pathname === "/token") return json({ access_token: `token-${Date.now()}`, token_type: "bearer", expires_in: 2 });
  if (url.pathname === "/cached") return json({ key: url.searchParams.get("key") }, { "cache-control": "max-age=1" });
  if (url.pathname === "/upload") return json({ id, body });
  if (url.pathname.startsWith("/next/")) return json({ id: header, from: url.pathname.slice("/next/".length) });
  // Two sources of the id that must agree, and some weight.
  if (header !== undefined && header !== id) return json({ id: `${String(header)} is not ${String(id)}` });
  json({ id, echo, x_sub: subject, text: "x".repeat(Number(id) % 2000), list: [1, "two", { three: null }] });
}

if (process.send) {
  const server = http.createServer((request, answer) => {
    serve(request, answer).catch(() => answer.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address !== null && typeof address === "object") process.send?.(address.port);
  });
  process.on("disconnect", () => process.exit());
}
