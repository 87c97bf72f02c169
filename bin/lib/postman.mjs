// `fjord postman`: a collection of requests, one for each endpoint.
import { exportFrom } from "./exporting.mjs";
import { collection } from "./postman/collection.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {
  config: { type: "string", short: "c" },
  output: { type: "string", short: "o" },
};

export const words = ["export"];

export const help = `fjord postman: makes a Postman collection (v2.1) of a configuration, a request for each endpoint.

Usage: fjord postman export [[-c] FILE] [options]

  -c, --config FILE   the configuration; default: krakend.json in this folder
  -o, --output FILE   where the collection goes; default: standard output
  -h, --help          this text

documentation/postman gives names, descriptions and folders. The variable HOST is the gateway's address.`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  await exportFrom("postman", values, positionals, collection);
}
