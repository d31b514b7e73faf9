// The part of the WebAssembly interface in use here: TypeScript has it only among the types of browsers.
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>
  class Module {
    constructor(bytes: Uint8Array)
  }
  class Instance {
    constructor(module: Module, imports: Imports)
    readonly exports: Record<string, unknown>
  }
  class Global {
    value: number
  }
  class Memory {
    constructor(options: { initial: number; maximum: number; shared: boolean })
    readonly buffer: ArrayBufferLike
    grow(pages: number): number
  }
  function validate(bytes: Uint8Array | ArrayBuffer): boolean
  function instantiate(bytes: Uint8Array | ArrayBuffer, imports: Imports): Promise<{ instance: Instance }>
}
