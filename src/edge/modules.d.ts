// What a build puts beside the scripts: the core, the configuration and its files as text.

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.json" {
  const text: string;
  export default text;
}
