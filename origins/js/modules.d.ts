// What a build puts beside the scripts.

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
