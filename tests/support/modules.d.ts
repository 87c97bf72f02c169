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

declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
  }
}
