/** Stands in for the Lambda service: the function `price` gets the parameters of the path as JSON. */
/** @type {import("../origin.mjs").Routes} */
export const routes = {
  "/2015-03-31/functions/price/invocations": ({ headers, body }) =>
    headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
      ? { json: { price: JSON.parse(body).item === "boat" ? 4200 : 10, internal: true } }
      : { status: 403, json: {} },
};
