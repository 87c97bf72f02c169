// CPU time of workerd per request: the gateway beside a hand-written worker and beside one that only fetches.
//
//   node scripts/bench.mjs [CASE-REGEX] [--requests N] [--rounds N]
//
// All three run on the same workerd against the same upstream, in turns; the median of the rounds is printed.
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { startWorkerd } from "../bin/lib/workerd.mjs";
import { main } from "./lib.mjs";

/** A JSON object of about `size` bytes. */
function document(size) {
  const items = [];
  while (JSON.stringify(items).length < size - 60) {
    const id = items.length;
    items.push({ id, name: `item number ${id}`, price: id * 1.25, tags: ["a", "b"], nested: { x: id, y: [1, 2, 3], z: null } });
  }
  return JSON.stringify({ id: 7, title: "a document", status: "open", items });
}

const cases = [
  { name: "1 × 0.4 KB", calls: 1, size: 400 },
  { name: "3 × 4 KB", calls: 3, size: 4096 },
  { name: "3 × 4 KB, 3 fields each", calls: 3, size: 4096, allow: ["id", "title", "status"] },
  { name: "3 × 70 KB", calls: 3, size: 70_000 },
  { name: "3 × 70 KB, 3 fields each", calls: 3, size: 70_000, allow: ["id", "title", "status"] },
];

const groups = (calls) => Array.from({ length: calls }, (_, index) => `g${index}`);

const gatewayConfig = ({ calls, allow }, origin) =>
  JSON.stringify({
    version: 3,
    timeout: "3s",
    endpoints: [
      {
        endpoint: "/bench",
        backend: groups(calls).map((group) => ({ host: [origin], url_pattern: "/", group, ...(allow && { allow }) })),
      },
    ],
  });

/** What a careful person writes by hand for the same endpoint, deadline included. */
const handWritten = ({ calls, allow }, origin) => `
const groups = ${JSON.stringify(groups(calls))};
const allow = ${JSON.stringify(allow ?? null)};
async function part() {
  const response = await fetch("${origin}/", { signal: AbortSignal.timeout(3000) });
  if (!response.ok) throw new Error("status " + response.status);
  const data = await response.json();
  return allow === null ? data : Object.fromEntries(allow.filter((key) => key in data).map((key) => [key, data[key]]));
}
export default {
  async fetch(request) {
    if (new URL(request.url).pathname !== "/bench") return new Response(null, { status: 404 });
    const parts = await Promise.allSettled(groups.map(part));
    const merged = {};
    parts.forEach(({ status, value }, index) => { if (status === "fulfilled") merged[groups[index]] = value; });
    const completed = parts.every(({ status }) => status === "fulfilled");
    return Response.json(merged, { headers: { "x-krakend-completed": String(completed) } });
  },
};`;

/** The least that is possible: fetch, and hand the bytes on. */
const floor = ({ calls }, origin) => `
const calls = Array.from({ length: ${calls} });
export default {
  async fetch() {
    const bodies = await Promise.all(calls.map(async () => new Uint8Array(await (await fetch("${origin}/")).arrayBuffer())));
    return new Response(bodies.length === 1 ? bodies[0] : await new Blob(bodies).arrayBuffer());
  },
};`;

/** User and system time of a process, in microseconds. */
function cpu(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

function get(agent, port) {
  return new Promise((resolve, reject) => {
    const request = http.get({ agent, port, path: "/bench" }, (response) => {
      response.resume();
      response.on("end", () => (response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`))));
    });
    request.on("error", reject);
  });
}

/** Sends requests, a few at a time; returns CPU microseconds per request. */
async function measure({ pid, port }, agent, requests) {
  const before = cpu(pid);
  let left = requests;
  const lane = async () => {
    while (left-- > 0) await get(agent, port);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return (cpu(pid) - before) / requests;
}

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Starts a worker of one module. */
async function startScript(source, t) {
  const codeDir = fs.mkdtempSync(path.join(os.tmpdir(), "fjord-bench-"));
  fs.writeFileSync(path.join(codeDir, "worker.mjs"), source);
  const server = await startWorkerd({ config: { text: "{}", files: {} }, address: "127.0.0.1:0", vars: {}, codeDir });
  t.push(() => server.stop(), () => fs.rmSync(codeDir, { recursive: true }));
  return server;
}

async function runCase(shape, { requests, rounds }) {
  const ends = [];
  const body = document(shape.size);
  const upstream = http.createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body);
  });
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${upstream.address().port}`;
  const agent = new http.Agent({ keepAlive: true });
  try {
    const gateway = await startWorkerd({
      config: { text: gatewayConfig(shape, origin), files: {} },
      address: "127.0.0.1:0",
      vars: {},
    });
    ends.push(() => gateway.stop());
    const servers = {
      floor: await startScript(floor(shape, origin), ends),
      "hand-written": await startScript(handWritten(shape, origin), ends),
      fjord: gateway,
    };
    const figures = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
    for (const server of Object.values(servers)) await measure(server, agent, requests);
    for (let round = 0; round < rounds; round++) {
      for (const [name, server] of Object.entries(servers)) figures[name].push(await measure(server, agent, requests));
    }
    return Object.fromEntries(Object.entries(figures).map(([name, list]) => [name, median(list)]));
  } finally {
    agent.destroy();
    for (const end of ends) await end();
    upstream.close();
  }
}

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { requests: { type: "string", default: "1500" }, rounds: { type: "string", default: "5" } },
  });
  const options = { requests: Number(values.requests), rounds: Number(values.rounds) };
  console.log("CPU µs per request".padEnd(28), "floor".padStart(8), "hand-written".padStart(14), "fjord".padStart(8), "fjord/hand-written".padStart(20));
  for (const shape of cases.filter(({ name }) => new RegExp(positionals[0] ?? "").test(name))) {
    const { floor, fjord, "hand-written": script } = await runCase(shape, options);
    const cells = [floor.toFixed(0).padStart(8), script.toFixed(0).padStart(14), fjord.toFixed(0).padStart(8), (fjord / script).toFixed(2).padStart(20)];
    console.log(shape.name.padEnd(28), ...cells);
  }
});
