// What tests use of packages without types.

declare module "aws4" {
  interface Signed {
    host?: string;
    path?: string;
    method?: string;
    service?: string;
    region?: string;
    headers?: { [name: string]: string | string[] | undefined };
    body?: string;
    extraHeadersToIgnore?: Record<string, boolean>;
  }
  const aws4: { sign(request: Signed, credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): Signed };
  export default aws4;
}

declare module "@opentelemetry/otlp-transformer/build/src/generated/root.js" {
  interface Message {
    decode(bytes: Uint8Array): unknown;
    toObject(message: unknown, options: object): unknown;
  }
  const root: { opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Message } }; metrics: { v1: { ExportMetricsServiceRequest: Message } } } } } };
  export default root;
}

declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
  }
}
