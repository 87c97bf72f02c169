// What the page and its engine tell each other.
import type { Finding, Cost } from "../bin/lib/core.mjs";
import type { Recommendation } from "../bin/lib/audit.mjs";

/** What is edited: texts by path, the one that is the configuration, and the variables of the environment. */
export interface Project {
  files: Record<string, string>;
  main: string;
  env: Record<string, string>;
}

/** What the engine says of a project. */
export interface Opinion {
  /** The configuration as JSON; null if there is none yet. */
  json: string | null;
  findings: Finding[];
  recommendations: Recommendation[];
  costs: Cost[];
  /** The report as `fjord check` prints it. */
  text: string;
  ok: boolean;
}

/** How an origin answers. */
export interface Mock {
  status: number;
  body: string;
  type: string;
  /** More header lines, one on each line: `Name: value`. */
  headers: string;
  /** In ms. */
  latency: number;
  failure: "" | "refused" | "silent";
}

/** An answer to calls that no backend of the endpoint makes: key sets, tokens, redirects. */
export interface OtherMock extends Mock {
  url: string;
}

export interface Ask {
  method: string;
  /** Path and query. */
  target: string;
  headers: [name: string, value: string][];
  body: string;
  /** The client's address. */
  address: string;
}

/** A call of the gateway to an origin. Times are in ms since the request began. */
export interface Call {
  /** The backend of the endpoint; null for any other call. */
  backend: number | null;
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: string;
  start: number;
  end: number;
  /** Null where there was no answer. */
  status: number | null;
  /** Why not. */
  error: string;
  received: string;
}

export interface Answer {
  status: number;
  headers: [name: string, value: string][];
  body: string;
  /** In ms. */
  took: number;
  calls: Call[];
  log: { level: string; line: string; at: number }[];
}

/** What one step made of a backend's data. */
export interface Stage {
  name: string;
  option: string;
  body: string;
  failed: boolean;
}

/** A configuration to begin with. */
export interface Example {
  name: string;
  files: Record<string, string>;
  /** Bodies of origins by path. */
  answers: Record<string, string>;
}

/** What the page asks for, and what it gets. */
export interface Requests {
  open: { asks: Project; gets: Opinion };
  schema: { asks: null; gets: string };
  run: { asks: { project: Project; endpoint: number; ask: Ask; mocks: Mock[]; others: OtherMock[] }; gets: Answer };
  stages: { asks: { backend: unknown; mock: Mock }; gets: Stage[] };
  reset: { asks: null; gets: null };
}
export type Kind = keyof Requests;
export type Message = { [K in Kind]: { id: number; kind: K; asks: Requests[K]["asks"] } }[Kind];
export type Reply = { id: number; gets: unknown } | { id: number; error: string };
