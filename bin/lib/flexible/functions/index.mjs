// All functions of a template: Go's own, sprig's, and KrakenD's `include` and `marshal`.
import fs from "node:fs";
import path from "node:path";
import { codeOf } from "../../errors.mjs";
import { fn } from "../call.mjs";
import { FunctionFault } from "../fault.mjs";
import { toJson } from "../values.mjs";
import { builtin } from "./builtin.mjs";
import { data } from "./data.mjs";
import { lists } from "./lists.mjs";
import { maps } from "./maps.mjs";
import { numbers } from "./numbers.mjs";
import { regex } from "./regex.mjs";
import { texts } from "./texts.mjs";

/** @type {Record<string, import("../call.mjs").TemplateFunction>} */
const known = { ...builtin, ...numbers, ...texts, ...lists, ...maps, ...regex, ...data };

/** These fail by themselves here, so that the strict forms are the same. */
const STRICT = [...Object.keys(regex), ...Object.keys(lists), "toJson", "toPrettyJson", "toRawJson", "merge", "mergeOverwrite", "deepCopy"];
const strict = Object.fromEntries(
  Object.entries(known)
    .filter(([name]) => STRICT.includes(name))
    .map(([name, called]) => [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, called]),
);

/** sprig's other functions, and why they aren't here. */
const LEFT_OUT = {
  "would give another configuration each time": "randAlphaNum randAlpha randAscii randNumeric randInt randBytes shuffle uuidv4 now ago date dateInZone date_in_zone dateModify date_modify mustDateModify must_date_modify htmlDate htmlDateInZone unixEpoch bcrypt htpasswd",
  "makes keys: keep them in secrets": "genPrivateKey genCA genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey buildCustomCert derivePassword encryptAES decryptAES",
  "looks a name up in the network": "getHostByName",
  "has no use in a configuration":
    "hello abbrevboth wrap wrapWith toDecimal b32enc b32dec duration durationRound toDate mustToDate semver semverCompare urlParse urlJoin osBase osClean osDir osExt osIsAbs js call",
};

/** The names of all functions that there are. */
export const names = Object.freeze([...Object.keys(known), ...Object.keys(strict), "env", "expandenv", "include", "marshal"]);

/**
 * Why there is no function of this name; undefined if there is one.
 *
 * @param {string} name
 */
export function problem(name) {
  if (names.includes(name)) return undefined;
  const [reason] = Object.entries(LEFT_OUT).find(([, list]) => list.split(" ").includes(name)) ?? [];
  return reason ? `function "${name}" is left out: it ${reason}` : `function "${name}" not defined`;
}

/**
 * Told of each partial that is read.
 *
 * @callback ReadPartial
 * @param {string} file
 * @param {string} text
 */

/**
 * The functions of a rendering with these variables, which reads partials from this folder.
 *
 * @param {{ env: NodeJS.ProcessEnv, partials?: string, read?: ReadPartial }} host
 * @returns {Record<string, import("../call.mjs").TemplateFunction>}
 */
export function functions({ env, partials, read = () => {} }) {
  const expand = (/** @type {string} */ text) => text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, /** @type {string | undefined} */ braced, /** @type {string | undefined} */ bare) => env[braced ?? bare ?? ""] ?? "");
  return {
    ...known,
    ...strict,
    env: fn("s", (name) => env[name] ?? ""),
    expandenv: fn("s", expand),
    marshal: fn("x", (value) => toJson(value)),
    include: fn("s", (name) => {
      try {
        const file = path.join(partials ?? "", name);
        const text = fs.readFileSync(file, "utf8");
        read(file, text);
        return text;
      } catch (error) {
        const reason = codeOf(error) === "ENOENT" ? "doesn't exist" : "can't be read";
        throw new FunctionFault(`the partial ${path.join(partials ?? "", name)} ${reason}${partials ? "" : ": FC_PARTIALS names the folder"}`);
      }
    }),
  };
}
