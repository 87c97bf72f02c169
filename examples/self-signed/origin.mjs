/** An origin whose certificate no public authority has signed. */
import fs from "node:fs";

const file = (/** @type {string} */ name) => fs.readFileSync(new URL(name, import.meta.url), "utf8");

export const tls = { cert: file("origin.pem"), key: file("origin.key") };

/** @type {import("../origin.mjs").Routes} */
export const routes = { "/secret": { json: { by: "https" } } };
