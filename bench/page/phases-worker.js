// The first script of a worker: it times what DuckDB's script, loaded next, does with WebAssembly.
addEventListener(
  'message',
  (event) => {
    event.stopImmediatePropagation();
    const channel = new BroadcastChannel('phases');
    const { instantiateStreaming } = WebAssembly;
    WebAssembly.instantiateStreaming = async (response, imports) => {
      const begun = performance.now();
      const module = await WebAssembly.compileStreaming(response);
      const compiled = performance.now();
      const instance = await WebAssembly.instantiate(module, imports);
      channel.postMessage({
        'fetched and compiled': compiled - begun,
        instantiated: performance.now() - compiled,
      });
      WebAssembly.instantiateStreaming = instantiateStreaming;
      return { module, instance };
    };
    importScripts(event.data);
    postMessage('ready');
  },
  { once: true },
);
