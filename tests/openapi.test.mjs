// `fjord openapi`, `fjord postman`, and `fjord new --from` an OpenAPI document. The documents are validated by a validator of others.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { after, describe, test } from "node:test";
import { openapi } from "../bin/lib/openapi/document.mjs";
import { imported } from "../bin/lib/openapi/imported.mjs";
import { collection } from "../bin/lib/postman/collection.mjs";
import { command, folder } from "./support/gateway.mjs";

const base64 = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString("base64");

const shop = {
  version: 3,
  name: "Shop",
  host: ["https://api.example.com"],
  extra_config: {
    "auth/api-keys": { keys: [{ key: "k", roles: ["a"] }], identifier: "X-Key" },
    "documentation/openapi": {
      version: "2.1.0",
      description: "All of the shop",
      base_path: "/v1",
      contact_email: "a@example.com",
      license_name: "Apache 2.0",
      servers: [{ url: "https://{region}.example.com", variables: { region: "eu" } }],
      tag_definition: [{ name: "Users", description: "Who buys" }],
      components_schemas: { User: { type: "object", properties: { id: { type: "integer" } } }, Coded: base64({ type: "string" }) },
      custom_security_schemes: { Other: { type: "http", scheme: "digest" } },
    },
    "documentation/postman": { name: "Shop requests", version: "1.2.3", folder: [{ name: "Users", description: "Who buys" }] },
  },
  endpoints: [
    {
      endpoint: "/users/{id}",
      input_query_strings: ["page", "secret"],
      input_headers: ["X-Tag", "Authorization"],
      backend: [
        { url_pattern: "/u/{id}", allow: ["name", "address.city"], mapping: { name: "title" } },
        { url_pattern: "/o/{id}", allow: ["total"], group: "orders" },
      ],
      extra_config: {
        "auth/validator": { alg: "RS256", jwk_url: "https://id.example.com/keys", cookie_key: "session" },
        "auth/api-keys": { roles: ["a"] },
        "documentation/postman": { folder: "/Users", name: "One user" },
        "documentation/openapi": {
          operation_id: "user",
          summary: "One user",
          tags: ["Users"],
          audience: ["partner"],
          param_definition: [{ name: "id", type: "integer", format: "int64", description: "The number" }],
          query_definition: [{ name: "page", type: "integer", required: false }, { name: "secret", hide: true }, { name: "not_let_in" }],
          header_definition: [{ name: "x-tag", enum: ["a", "b"], required: true }],
          response_definition: { 200: { content_type: "application/json", description: "It is there", ref: "User" }, 404: { content_type: "application/json", example: { e: 1 } } },
        },
      },
    },
    {
      endpoint: "/users",
      method: "POST",
      output_encoding: "no-op",
      backend: [{ url_pattern: "/u" }],
      extra_config: {
        "validation/json-schema": { type: "object", required: ["name"] },
        "documentation/openapi": { audience: ["*"], request_definition: [{ content_type: "application/xml", example_schema: base64({ type: "object" }), example: "<u/>" }] },
      },
    },
    { endpoint: "/files/*", method: "PUT", backend: [{ url_pattern: "/f" }], extra_config: { "documentation/openapi": { request_definition: [{ content_type: "application/json", example: { a: 1 } }], disable_default_response_definitions: true } } },
    { endpoint: "/status", backend: [{ url_pattern: "/" }], extra_config: { proxy: { static: { strategy: "always", data: { ok: true, n: [1] } } } } },
  ],
};

/** @param {unknown} document */
async function valid(document) {
  const { valid: is, errors } = await new Validator().validate(/** @type {Record<string, unknown>} */ (structuredClone(document)));
  assert.ok(is, JSON.stringify(errors));
}

describe("the OpenAPI document of a configuration", () => {
  const document = openapi(shop);
  const at = (/** @type {string[]} */ ...way) => way.reduce((value, name) => value[name], /** @type {any} */ (document));

  test("is valid", () => valid(document));

  test("says what the service is", () => {
    assert.deepEqual(at("info"), { title: "Shop", version: "2.1.0", description: "All of the shop", contact: { email: "a@example.com" }, license: { name: "Apache 2.0" } });
    assert.deepEqual(at("servers"), [{ url: "https://{region}.example.com", variables: { region: { default: "eu" } } }]);
    assert.deepEqual(at("components", "schemas", "Coded"), { type: "string" });
  });

  test("has the parameters that are let in", () => {
    assert.deepEqual(at("paths", "/v1/users/{id}", "get", "parameters"), [
      { name: "id", in: "path", required: true, description: "The number", schema: { type: "integer", format: "int64" } },
      { name: "page", in: "query", schema: { type: "integer" } },
      { name: "X-Tag", in: "header", required: true, schema: { type: "string", enum: ["a", "b"] } },
    ]);
    assert.deepEqual(at("paths", "/v1/files/{path}", "put", "parameters"), [{ name: "path", in: "path", required: true, schema: { type: "string" } }]);
  });

  test("says who may ask", () => {
    assert.deepEqual(at("paths", "/v1/users/{id}", "get", "security"), [{ "KrakenD-JWT": [], "API-Key": [] }, { SESSIONID: [], "API-Key": [] }]);
    assert.deepEqual(at("components", "securitySchemes"), {
      "KrakenD-JWT": { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      SESSIONID: { type: "apiKey", in: "cookie", name: "session" },
      "API-Key": { type: "apiKey", in: "header", name: "X-Key" },
      Other: { type: "http", scheme: "digest" },
    });
    assert.equal(at("paths", "/v1/users", "post", "security"), undefined);
  });

  test("has the schema that is checked before the one that is said", () => {
    assert.deepEqual(at("paths", "/v1/users", "post", "requestBody"), { required: true, content: { "application/json": { schema: { type: "object", required: ["name"] } } } });
    assert.deepEqual(at("paths", "/v1/files/{path}", "put", "requestBody"), { content: { "application/json": { example: { a: 1 } } } });
  });

  test("knows the answers as far as they are known", () => {
    const user = at("paths", "/v1/users/{id}", "get", "responses");
    assert.deepEqual(user["200"], { description: "It is there", content: { "application/json": { schema: { $ref: "#/components/schemas/User" } } } });
    assert.deepEqual(user["404"], { description: "", content: { "application/json": { example: { e: 1 } } } });
    assert.deepEqual(user["500"], { description: "Internal Server Error" });
    assert.deepEqual(at("paths", "/v1/users", "post", "responses", "200"), { description: "OK" });
    assert.deepEqual(at("paths", "/v1/files/{path}", "put", "responses"), { default: { description: "" } });
    const status = at("paths", "/v1/status", "get", "responses", "200", "content", "application/json", "schema");
    assert.deepEqual(status, { type: "object", properties: { ok: { type: "boolean" }, n: { type: "array" } } });
    const [plain] = [structuredClone(shop)];
    delete /** @type {any} */ (plain).endpoints[0].extra_config["documentation/openapi"].response_definition;
    const inferred = /** @type {any} */ (openapi(plain)).paths["/v1/users/{id}"].get.responses["200"].content["application/json"].schema;
    assert.deepEqual(inferred, {
      type: "object",
      properties: { title: {}, address: { type: "object", properties: { city: {} } }, orders: { type: "object", properties: { total: {} } } },
    });
  });

  test("has the operations of an audience alone", async () => {
    const partner = /** @type {any} */ (openapi(shop, { audience: "partner" }));
    assert.deepEqual(Object.keys(partner.paths), ["/v1/users/{id}", "/v1/users"]);
    assert.deepEqual(Object.keys(/** @type {any} */ (openapi(shop, { audience: "other" })).paths), ["/v1/users"]);
    await valid(partner);
  });

  test("has each operation_id once", () => {
    const twice = structuredClone(shop);
    /** @type {any} */ (twice).endpoints[3].extra_config["documentation/openapi"] = { operation_id: "user" };
    assert.throws(() => openapi(twice), /operation_id "user" is that of GET \/v1\/users\/\{id\} and of GET \/v1\/status/);
  });

  test("of a configuration that says nothing is valid, too", () => valid(openapi({ version: 3, endpoints: [{ endpoint: "/a", backend: [{ url_pattern: "/" }] }] })));
});

test("a Postman collection has its folders, parameters and bodies", () => {
  const made = collection(shop);
  assert.equal(made.info.schema, "https://schema.getpostman.com/json/collection/v2.1.0/collection.json");
  assert.equal(made.info.name, "Shop requests");
  assert.equal(made.info.version, "1.2.3");
  const [users, ...others] = /** @type {any[]} */ (made.item);
  assert.equal(users.description, "Who buys");
  const [one] = users.item;
  assert.equal(one.name, "One user");
  assert.deepEqual(one.request.url, {
    raw: "{{HOST}}/users/:id?page=&secret=",
    host: ["{{HOST}}"],
    path: ["users", ":id"],
    query: [{ key: "page", value: "", disabled: true }, { key: "secret", value: "", disabled: true }],
    variable: [{ key: "id", value: "" }],
  });
  assert.deepEqual(others.map(({ name }) => name), ["POST /users", "PUT /files/*", "GET /status"]);
  assert.deepEqual(others[1].request.body, { mode: "raw", raw: '{\n  "a": 1\n}', options: { raw: { language: "json" } } });
});

const petstore = `openapi: 3.0.3
info: { title: Pets, version: 1.4.0 }
servers: [{ url: "https://{host}/v2/", variables: { host: { default: pets.example.com } } }]
security: [{ token: [] }]
paths:
  /pets/{id}:
    parameters: [{ $ref: "#/components/parameters/Id" }]
    get:
      operationId: pet
      tags: [Pets]
      parameters: [{ name: limit, in: query }, { name: X-Trace, in: header }]
      responses: { "200": { description: OK } }
    put:
      requestBody: { $ref: "#/components/requestBodies/Pet" }
      responses: { "200": { description: OK } }
components:
  parameters: { Id: { name: id, in: path, required: true, schema: { type: string } } }
  requestBodies: { Pet: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Pet" } } } } }
  schemas:
    Pet: { type: object, required: [name], properties: { name: { type: string, nullable: true, example: Rex }, mother: { $ref: "#/components/schemas/Pet" } } }
  securitySchemes: { token: { type: http, scheme: bearer } }
`;

describe("a gateway from an OpenAPI document", () => {
  const { dir, remove } = folder({ "pets.yaml": petstore, "old.json": JSON.stringify({ openapi: "2.0" }), "shop.json": JSON.stringify(shop) });
  after(remove);

  test("has an endpoint for each operation", async () => {
    const made = path.join(dir, "pets");
    const { code, stdout, stderr } = await command(["new", made, "--from", path.join(dir, "pets.yaml")]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /security token: the document asks for it/);
    const config = JSON.parse(fs.readFileSync(path.join(made, "krakend.json"), "utf8"));
    assert.deepEqual(config.host, ["https://pets.example.com"]);
    assert.deepEqual(config.endpoints, [
      {
        endpoint: "/pets/{id}",
        method: "GET",
        input_query_strings: ["limit"],
        input_headers: ["X-Trace", "Authorization"],
        extra_config: { "documentation/openapi": { tags: ["Pets"], operation_id: "pet" } },
        backend: [{ url_pattern: "/v2/pets/{id}" }],
      },
      {
        endpoint: "/pets/{id}",
        method: "PUT",
        input_headers: ["Authorization", "Content-Type"],
        extra_config: {
          "validation/json-schema": {
            $ref: "#/definitions/Pet",
            definitions: { Pet: { type: "object", required: ["name"], properties: { name: { type: ["string", "null"] }, mother: { $ref: "#/definitions/Pet" } } } },
          },
        },
        backend: [{ url_pattern: "/v2/pets/{id}" }],
      },
    ]);
    const checked = await command(["check"], { cwd: made });
    assert.match(checked.stdout, /Syntax OK!/, checked.stdout + checked.stderr);
    const exported = await command(["openapi", "export"], { cwd: made });
    assert.equal(exported.code, 0, exported.stderr);
    const document = JSON.parse(exported.stdout);
    await valid(document);
    // The schema refers to itself, so it has a place of its own.
    assert.deepEqual(document.paths["/pets/{id}"].put.requestBody.content["application/json"].schema, { $ref: "#/components/schemas/put_pets_id_body" });
    assert.deepEqual(document.components.schemas["put_pets_id_body"], { $ref: "#/components/schemas/put_pets_id_body_Pet" });
    assert.equal(document.components.schemas["put_pets_id_body_Pet"].properties.mother.$ref, "#/components/schemas/put_pets_id_body_Pet");
  });

  test("of a version that isn't known is refused", () => {
    assert.throws(() => imported({ openapi: "2.0" }, "old.json"), /old\.json: OpenAPI 2\.0 isn't read; version 3 is/);
    assert.throws(() => imported({ openapi: "3.0.0" }, "none.json"), /none\.json has no operations/);
  });

  test("the commands write files", async () => {
    const out = path.join(dir, "out.json");
    assert.equal((await command(["openapi", "export", path.join(dir, "shop.json"), "-o", out, "-a", "partner"])).code, 0);
    await valid(JSON.parse(fs.readFileSync(out, "utf8")));
    assert.equal((await command(["postman", "export", "-c", path.join(dir, "shop.json"), "-o", out])).code, 0);
    assert.equal(JSON.parse(fs.readFileSync(out, "utf8")).info.name, "Shop requests");
    assert.match((await command(["openapi", "import"])).stderr, /openapi needs "export"/);
  });
});
