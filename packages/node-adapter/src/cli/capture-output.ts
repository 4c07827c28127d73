/**
 * While something is drawn in place, takes whole lines that others write to these streams (a step's `console.log`, a
 * warning of Node's) and hands them on to be printed above. `write` goes past it, to the first stream.
 */
export function captureOutput(
  streams: readonly [NodeJS.WriteStream, ...NodeJS.WriteStream[]],
  print: (text: string) => void,
): { readonly write: (text: string) => void; end(): void } {
  const [first] = streams;
  const write = first.write.bind(first);
  const ends = streams.map((stream) => capture(stream, print));
  return {
    write: (text) => void write(text),
    end() {
      for (const end of ends) end();
    },
  };
}

type Done = (error?: Error | null) => void;

function capture(stream: NodeJS.WriteStream, print: (text: string) => void): () => void {
  const original = stream.write;
  let rest = '';
  stream.write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    rest += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const end = rest.lastIndexOf('\n') + 1;
    if (end > 0) print(rest.slice(0, end));
    rest = rest.slice(end);
    const callback = typeof encoding === 'function' ? encoding : done;
    if (callback !== undefined) queueMicrotask(() => callback());
    return true;
  };
  return () => {
    stream.write = original;
    if (rest !== '') print(rest);
  };
}
