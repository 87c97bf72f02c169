// What Node has and @types/node 20 doesn't declare.

declare namespace WebAssembly {
  class Module {
    constructor(bytes: ArrayBufferView | ArrayBuffer);
  }

  class Memory {
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }

  class Global {
    constructor(type: { value: "i32"; mutable: boolean });
    value: number;
  }

  class RuntimeError extends Error {}
}
