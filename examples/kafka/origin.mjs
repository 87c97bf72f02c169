/** A Kafka of one node; `node scripts/brokers.mjs kafka` unpacks it. */
import { startKafka } from "../../tests/support/brokers.mjs";

export const broker = "kafka";

/**
 * Starts it, and gives the variables that say where it is.
 *
 * @param {{ after: (stop: () => unknown) => void }} t
 */
export async function startBroker(t) {
  const kafka = await startKafka(t);
  return { KAFKA_BROKERS: `localhost:${kafka.port("PLAIN")}` };
}

/** @type {import("../origin.mjs").Routes} */
export const routes = {};
