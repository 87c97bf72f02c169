// The examples answer what their requests expect.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { startOrigin } from "../examples/origin.mjs";
import { root, serve } from "./support/gateway.mjs";

const folder = path.join(root, "examples");
const names = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, "krakend.json")));

test("each example is on the page of examples", () => {
  const page = fs.readFileSync(path.join(folder, "README.md"), "utf8");
  const listed = [...page.matchAll(/^\| \[(.+?)\]/gm)].map(([, name]) => name);
  assert.deepEqual(listed, names);
});

describe("examples", () => {
  for (const name of names) {
    test(name, async (t) => {
      const { routes } = await import(pathToFileURL(path.join(folder, name, "origin.mjs")).href);
      const origin = await startOrigin(routes);
      t.after(() => origin.stop());
      const { env = {}, requests } = JSON.parse(fs.readFileSync(path.join(folder, name, "requests.json"), "utf8"));
      const configuration = fs.readFileSync(path.join(folder, name, "krakend.json"), "utf8");
      const gateway = await serve(t, configuration.replaceAll("http://127.0.0.1:9000", origin.url), { env });
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
