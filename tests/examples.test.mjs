// The examples answer what their requests expect.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { startOrigin } from "../examples/origin.mjs";
import { missing } from "./support/brokers.mjs";
import { root, serve } from "./support/gateway.mjs";

const folder = path.join(root, "examples");
const names = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, "krakend.json")));

test("each example is on the page of examples", () => {
  const page = fs.readFileSync(path.join(folder, "README.md"), "utf8");
  const listed = [...page.matchAll(/^\| \[(.+?)\]/gm)].map(([, name]) => name);
  assert.deepEqual(listed, names);
});

describe("examples", async () => {
  for (const name of names) {
    const { routes, tls, broker, startBroker } = await import(pathToFileURL(path.join(folder, name, "origin.mjs")).href);
    test(name, { skip: broker === undefined ? false : missing(broker) }, async (t) => {
      const origin = await startOrigin(routes, 0, tls);
      t.after(() => origin.stop());
      const { env = {}, requests } = JSON.parse(fs.readFileSync(path.join(folder, name, "requests.json"), "utf8"));
      const configuration = fs.readFileSync(path.join(folder, name, "krakend.json"), "utf8");
      /** @type {Record<string, string>} */
      const places = (await startBroker?.(t)) ?? {};
      const certificates = fs.readdirSync(path.join(folder, name)).filter((file) => file.endsWith(".pem"));
      const files = Object.fromEntries(certificates.map((file) => [file, fs.readFileSync(path.join(folder, name, file))]));
      const gateway = await serve(t, configuration.replaceAll(/https?:\/\/(127\.0\.0\.1|localhost):9000/g, origin.url), { env: { ...env, ...places }, files });
      for (const { title, path: target, method, headers, body, status, json, text, parts, headers_of_answer = {} } of requests) {
        const answer = await gateway.fetch(target, { method, headers, body });
        assert.equal(answer.status, status, title);
        const received = [];
        for await (const part of answer.body ?? []) received.push(Buffer.from(part));
        const whole = Buffer.concat(received).toString();
        if (json !== undefined) assert.deepEqual(JSON.parse(whole), json, title);
        if (text !== undefined) assert.equal(whole, text, title);
        if (parts !== undefined) assert.equal(received.length, parts, `${title}: as ${parts} parts`);
        for (const [key, value] of Object.entries(headers_of_answer)) assert.equal(answer.headers.get(key), value, title);
      }
    });
  }
});
