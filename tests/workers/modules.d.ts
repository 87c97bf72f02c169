// What tests put beside the worker.

declare module "*.json" {
  const text: string;
  export default text;
}
