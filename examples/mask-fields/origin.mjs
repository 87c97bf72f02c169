/** @type {import("../origin.mjs").Routes} */
export const routes = {
  "/customers/": {
    json: { id: 7, name: "Ada", password_hash: "$2y$05$secret", iban: "NO9386011117947", address: { city: "Bergen", geo: [60.39, 5.32] } },
  },
};
