// A collector of OpenTelemetry: keeps what gateways send, as the protocol's own decoder reads it.
import root from "@opentelemetry/otlp-transformer/build/src/generated/root.js";
import { startUpstream } from "./upstream.mjs";

const { trace, metrics } = root.opentelemetry.proto.collector;

/**
 * A span, flat.
 *
 * @typedef {object} Span
 * @property {string} trace
 * @property {string} id
 * @property {string} parent empty for none
 * @property {string} name
 * @property {string} kind
 * @property {string} state
 * @property {number} ms how long it took
 * @property {string} status
 * @property {Record<string, any>} attributes
 */

/**
 * A metric, flat.
 *
 * @typedef {{ name: string, unit: string, temporality: string, points: { attributes: Record<string, any>, count?: number, sum?: number, value?: number, buckets?: number[], bounds?: number[] }[] }} Metric
 */

/**
 * Starts a collector for one test.
 *
 * @param {import("./gateway.mjs").Context} t
 * @param {import("./upstream.mjs").Reply} [reply] What it answers.
 */
export async function collector(t, reply = { status: 200, body: "" }) {
  const upstream = await startUpstream({ "/": reply, "/v1/": reply });
  t.after(() => upstream.stop());
  const sent = (/** @type {string} */ path) => upstream.requests.filter((request) => request.path.endsWith(path));
  return {
    port: Number(new URL(upstream.url).port),
    requests: upstream.requests,
    /** The options of an exporter that sends here. */
    exporter: (/** @type {object} */ rest = {}) => ({ name: "here", host: "127.0.0.1", port: Number(new URL(upstream.url).port), use_http: true, ...rest }),
    /** @returns {Span[]} */
    get spans() {
      return sent("/v1/traces").flatMap(({ bytes }) => spansOf(bytes));
    },
    /** @returns {Metric[]} */
    get metrics() {
      return sent("/v1/metrics").flatMap(({ bytes }) => metricsOf(bytes));
    },
    /** The attributes of the resource that the first spans come from. */
    get resource() {
      const [first] = sent("/v1/traces");
      return first === undefined ? undefined : attributes(read(trace.v1.ExportTraceServiceRequest, first.bytes).resourceSpans[0].resource.attributes);
    },
    /**
     * Waits until spans or metrics are here.
     *
     * @param {() => boolean} there
     */
    async until(there, patience = 8000) {
      const end = Date.now() + patience;
      while (!there()) {
        if (Date.now() > end) throw new Error(`not sent: ${String(there)}; there were ${upstream.requests.length} requests`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

const FORM = { longs: Number, enums: String, bytes: String, defaults: true, oneofs: true };

/**
 * @param {{ decode(bytes: Uint8Array): unknown, toObject(message: unknown, options: object): unknown }} message
 * @param {Uint8Array} bytes
 * @returns {any}
 */
const read = (message, bytes) => message.toObject(message.decode(bytes), FORM);

/** @param {string} base64 */
const hex = (base64) => Buffer.from(base64, "base64").toString("hex");

/** @param {any} any */
function value(any) {
  if (any.arrayValue) return any.arrayValue.values.map(value);
  return any[any.value] ?? any.stringValue ?? any.intValue ?? any.boolValue ?? any.doubleValue;
}

/** @param {any[]} list */
const attributes = (list) => Object.fromEntries(list.map((pair) => [pair.key, value(pair.value)]));

/**
 * @param {Uint8Array} bytes
 * @returns {Span[]}
 */
function spansOf(bytes) {
  const { resourceSpans } = read(trace.v1.ExportTraceServiceRequest, bytes);
  return resourceSpans.flatMap((/** @type {any} */ one) => one.scopeSpans).flatMap((/** @type {any} */ scope) => scope.spans).map((/** @type {any} */ span) => ({
    trace: hex(span.traceId),
    id: hex(span.spanId),
    parent: hex(span.parentSpanId),
    name: span.name,
    kind: span.kind.replace("SPAN_KIND_", ""),
    state: span.traceState,
    ms: (span.endTimeUnixNano - span.startTimeUnixNano) / 1e6,
    status: span.status ? `${span.status.code.replace("STATUS_CODE_", "")}${span.status.message === "" ? "" : `: ${span.status.message}`}` : "UNSET",
    attributes: attributes(span.attributes),
  }));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Metric[]}
 */
function metricsOf(bytes) {
  const { resourceMetrics } = read(metrics.v1.ExportMetricsServiceRequest, bytes);
  return resourceMetrics.flatMap((/** @type {any} */ one) => one.scopeMetrics).flatMap((/** @type {any} */ scope) => scope.metrics).map((/** @type {any} */ metric) => {
    const data = metric[metric.data];
    const points = data.dataPoints.map((/** @type {any} */ point) => ({
      attributes: attributes(point.attributes),
      ...(metric.data === "sum" ? { value: point.asInt } : { count: point.count, sum: point.sum, buckets: point.bucketCounts, bounds: point.explicitBounds }),
    }));
    return { name: metric.name, unit: metric.unit, temporality: data.aggregationTemporality.replace("AGGREGATION_TEMPORALITY_", ""), points };
  });
}
