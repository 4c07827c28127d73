/** What is used of it, for Node's types leave it out. */
declare namespace WebAssembly {
  type Module = object;
  interface Instantiated {
    readonly module: Module;
    readonly instance: object;
  }
  let instantiate: {
    (module: Module, imports: object): Promise<object>;
    (bytes: Uint8Array, imports: object): Promise<Instantiated>;
  };
  function compile(bytes: Uint8Array): Promise<Module>;
}
