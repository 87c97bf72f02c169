// Version 1 of the protocol between Fjord and a worker that stands in for Go plugins: docs/leaving-go-plugins.md.

const VERSION = "1";
const PREFIX = "fjord-plugin";

/** Header lines, or query parameters, by name. */
export type Lists = Record<string, string[]>;

/** A request as a modifier sees it. */
export interface SeenRequest {
  method: string;
  path: string;
  /** Only at a backend: the whole URL of the call. */
  url?: string;
  params: Record<string, string>;
  query: Lists;
  headers: Lists;
  /** Without a body it's missing, and `body_base64` stands for one that isn't UTF-8. */
  body?: string;
  body_base64?: string;
}

/** A response as a modifier sees it. */
export interface SeenResponse {
  data: Record<string, unknown> | null;
  complete: boolean;
  /** The origin's status; 0 where the gateway makes its own. */
  status: number;
  headers: Lists;
  /** Only with `no-op`. */
  body?: string;
  body_base64?: string;
}

/** What a modifier refuses a request or a response with. */
export interface Refusal {
  error: { status?: number; message?: string; content_type?: string };
}

/** The members that a modifier replaces. `response: false`: it doesn't want to see the response. */
export type RequestChange = Refusal | { request?: Partial<SeenRequest>; response?: boolean };
export type ResponseChange = Refusal | { response?: Partial<SeenResponse> };

/** The value of the plugin's namespace, as it's written in the configuration. */
export type Options = Record<string, unknown>;

/** `plugin/http-server`: an answer, or `next(…)`. */
export type Server = (request: Request, options: Options, client: string) => Response | Promise<Response>;
/** `plugin/http-client`: the answer of the backend. */
export type Client = (request: Request, options: Options) => Response | Promise<Response>;
/** `plugin/req-resp-modifier` */
export interface Modifier {
  request?: (request: SeenRequest, options: Options) => RequestChange | Promise<RequestChange>;
  response?: (response: SeenResponse, options: Options) => ResponseChange | Promise<ResponseChange>;
}

/** The plugins of a worker, by their names. */
export interface Plugins {
  servers?: Record<string, Server>;
  clients?: Record<string, Client>;
  modifiers?: Record<string, Modifier>;
}

/** The request goes on. `null` removes a header line, a list sets several lines of one name. */
export const next = (headers: Record<string, string | string[] | null> = {}): Response =>
  new Response(null, { headers: { [`${PREFIX}-next`]: ascii(JSON.stringify(headers)) } });

/** The handler of a worker with these plugins. What throws closes: the gateway answers 500. */
export function handler({ servers = {}, clients = {}, modifiers = {} }: Plugins): ExportedHandler {
  return {
    async fetch(request) {
      const { headers } = request;
      if (headers.get(PREFIX) !== VERSION) throw new Error(`expected version ${VERSION} of the protocol, got ${headers.get(PREFIX)}`);
      const name = headers.get(`${PREFIX}-name`) ?? "";
      const options = JSON.parse(headers.get(`${PREFIX}-options`) ?? "{}") as Options;
      const client = headers.get(`${PREFIX}-client`) ?? "";
      const plain = new Request(request, { headers: withoutLines(headers) });
      switch (headers.get(`${PREFIX}-kind`)) {
        case "http-server":
          return signed(await found(servers, name)(plain, options, client));
        case "http-client":
          return signed(await found(clients, name)(plain, options));
        case "req-resp-modifier":
          return signed(Response.json(await modified(found(modifiers, name), plain, options)));
        default:
          throw new Error("a kind of plugin that version 1 doesn't have");
      }
    },
  };
}

async function modified(modifier: Modifier, request: Request, options: Options): Promise<RequestChange | ResponseChange> {
  const message = await request.json<{ request: SeenRequest } | { response: SeenResponse }>();
  if ("response" in message) return (await modifier.response?.(message.response, options)) ?? {};
  const change: RequestChange = (await modifier.request?.(message.request, options)) ?? {};
  return modifier.response === undefined && !("error" in change) ? { ...change, response: false } : change;
}

function found<T>(plugins: Record<string, T>, name: string): T {
  const plugin = Object.hasOwn(plugins, name) ? plugins[name] : undefined;
  if (plugin === undefined) throw new Error(`this worker has no plugin ${name}`);
  return plugin;
}

/** The answer with the line that says that it's a plugin's. */
function signed(response: Response): Response {
  const answer = new Response(response.body, response);
  answer.headers.set(PREFIX, VERSION);
  return answer;
}

/** The header lines but those of the protocol: an origin has no use for them. */
function withoutLines(headers: Headers): Headers {
  const rest = new Headers(headers);
  for (const [name] of headers) if (name === PREFIX || name.startsWith(`${PREFIX}-`)) rest.delete(name);
  return rest;
}

/** A header line holds no other characters. */
const ascii = (json: string): string => json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
