// `ai/mcp` with the official client of the Model Context Protocol.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { origin, serve } from "./support/gateway.mjs";

test("the official client starts, lists the tools and calls them", async (t) => {
  const products = await origin(t, { "/products/7": { json: { name: "Oar", cost: 640.5, secret: true } } });
  const gateway = await serve(t, {
    version: 3,
    host: [products.url],
    extra_config: {
      "ai/mcp": {
        servers: [
          {
            name: "shop",
            title: "The shop",
            version: "1.0.0",
            instructions: "Ask for products.",
            tools: [
              {
                name: "product",
                title: "A product",
                description: "Name and price of a product.",
                input_schema: { type: "object", required: ["id"], properties: { id: { type: "integer" } } },
                output_schema: { type: "object", required: ["name", "price"], properties: { name: { type: "string" }, price: { type: "number" } } },
                annotations: { read_only_hint: true },
                workflow: { endpoint: "/__mcp/product/{id}", backend: [{ url_pattern: "/products/{id}", allow: ["name", "cost"], mapping: { cost: "price" } }] },
              },
            ],
          },
        ],
      },
    },
    endpoints: [{ endpoint: "/mcp", method: "POST", input_headers: ["Content-Type"], backend: [{ url_pattern: "/never" }], extra_config: { "ai/mcp": { server_name: "shop" } } }],
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", gateway.url)));
  t.after(() => client.close());
  assert.equal(client.getServerVersion()?.name, "shop");
  assert.equal(client.getInstructions(), "Ask for products.");
  await client.ping();
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name, annotations }) => [name, annotations]), [["product", { readOnlyHint: true }]]);
  const found = await client.callTool({ name: "product", arguments: { id: 7 } });
  assert.deepEqual(found.structuredContent, { name: "Oar", price: 640.5 });
  const wrong = await client.callTool({ name: "product", arguments: { id: "seven" } });
  assert.equal(wrong.isError, true);
  await assert.rejects(client.callTool({ name: "none", arguments: {} }), /Unknown tool/);
});
