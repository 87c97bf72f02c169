// `npm run simulate -- [SEEDS]`: requests at random over virtual time, optimized. `cargo test` runs 1,000 seeds of the same.
import { Failure, at, call, env, main } from "./lib.mjs";

const HELP = `npm run simulate -- [SEEDS]
npm run simulate -- --seed N

  SEEDS      how many (100000), each both ways (with recipes and without): some requests, on one core, with origins that fail and clients that leave
  --seed N   one seed, told in full`;

/** Compiled in a minute, not in the five that the edge module's profile takes. */
const PROFILE = {
  CARGO_PROFILE_RELEASE_LTO: "off",
  CARGO_PROFILE_RELEASE_OPT_LEVEL: "2",
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
  CARGO_TARGET_DIR: at("target/simulate"),
};

await main(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return console.log(HELP);
  const one = args[0] === "--seed";
  const number = one ? args[1] : (args[0] ?? "100000");
  if (number === undefined || !/^\d+$/.test(number) || args.length > (one ? 2 : 1)) throw new Failure(HELP);
  const variables = { ...env, ...PROFILE, [one ? "FJORD_SEED" : "FJORD_SEEDS"]: number };
  const started = Date.now();
  call("cargo", ["test", "--release", "--quiet", "--locked", "--test", "gateway", "simulation::", "--", "--nocapture"], { env: variables });
  console.log(`${one ? `seed ${number}` : `${number} seeds`}: nothing is wrong, ${((Date.now() - started) / 1000).toFixed(0)} s`);
});
