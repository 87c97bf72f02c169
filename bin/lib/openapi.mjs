// `fjord openapi`: describes a configuration for its clients.
import { exportFrom } from "./exporting.mjs";
import { openapi } from "./openapi/document.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  output: { type: "string", short: "o" },
  audience: { type: "string", short: "a" },
};

export const words = ["export"];

export const help = `fjord openapi: describes a configuration for its clients, as an OpenAPI 3.1 document.

Usage: fjord openapi export [[-c] FILE] [options]

  -c, --config FILE     the configuration; default: krakend.json in this folder
  -o, --output FILE     where the document goes; default: standard output
  -a, --audience NAME   only the endpoints whose documentation/openapi is for this audience, or for "*"
  -h, --help            this text

Paths, parameters, bodies and who may ask come from the endpoints; documentation/openapi adds words, types
and examples. Written into the folder of static assets, the document is served beside the endpoints:
fjord openapi export -o www/openapi.json`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  await exportFrom("openapi", values, positionals, (config) => openapi(config, { audience: values.audience }));
}
