// `fjord explain`: the documentation of a namespace or an option.
import { loadCore, wantsColor } from "./core.mjs";
import { Failure, UsageError } from "./errors.mjs";

/** @satisfies {import("./command.js").Options} */
export const options = {};

export const help = `fjord explain: the documentation of a namespace or an option.

Usage: fjord explain NAME

  fjord explain qos/ratelimit/router            a namespace, by its name or an old one
  fjord explain qos/ratelimit/router.max_rate   an option of it
  fjord explain backend.url_pattern             an option of the service, an endpoint, a backend …
  fjord explain url_pattern                     every option of that name
  fjord explain /endpoints/0/backend/0/host     what is there, as "fjord check" writes paths

  -h, --help   this text

All of it on one page: docs/reference.md`;

/**
 * @param {import("./command.js").Values<typeof options>} values
 * @param {string[]} positionals
 */
export async function execute(values, positionals) {
  const [name] = positionals;
  if (name === undefined || positionals.length > 1) throw new UsageError("explain needs one name: fjord explain qos/ratelimit/router");
  const core = await loadCore();
  const { text, meant } = /** @type {{ text?: string, meant?: string }} */ (JSON.parse(core.explain(name, wantsColor(process.stdout))));
  if (text === undefined) {
    const hint = meant === undefined ? "docs/reference.md lists all names" : `did you mean "${meant}"?`;
    throw new Failure(`Nothing is called "${name}": ${hint}`);
  }
  console.log(text.trimEnd());
}
