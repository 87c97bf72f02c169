/** @type {import("../origin.mjs").Routes} */
export const routes = {
  // Gives a short token of the inside for a client's token.
  "/exchange": ({ headers }) =>
    headers.authorization === "Bearer client-token"
      ? { json: { access_token: "inner-token", token_type: "Bearer", expires_in: 60 } }
      : { status: 401, json: { error: "invalid_token" } },
  // Knows tokens of the inside only.
  "/orders/": ({ headers, path }) =>
    headers.authorization === "Bearer inner-token" ? { json: { order: path.split("/").pop(), state: "shipped" } } : { status: 403, json: {} },
  // Takes the token in the body.
  "/reports": ({ method, body }) => {
    const { token, report } = JSON.parse(body);
    return method === "POST" && token === "inner-token" ? { json: { report, rows: 3 } } : { status: 403, json: {} };
  },
};
