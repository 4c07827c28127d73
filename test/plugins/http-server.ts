import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on the loopback, whose answers each test sets by path. */
export interface TestServer {
  readonly base: string;
  /** What was asked, in order: method, path, and the range when there was one. */
  readonly asked: string[];
  readonly answers: Map<string, Handler>;
  close(): Promise<void>;
}

export async function startServer(): Promise<TestServer> {
  const asked: string[] = [];
  const answers = new Map<string, Handler>();
  const server: Server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push([method, url, ...(headers.range === undefined ? [] : [headers.range])].join(' '));
    const answer = answers.get(url);
    if (answer === undefined) response.writeHead(404).end('no');
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers as a server of files does, with ranges. */
export function servesFile(of: () => { readonly bytes: Uint8Array; readonly tag: string }): Handler {
  return (request, response) => {
    const { bytes, tag } = of();
    response.setHeader('etag', tag);
    response.setHeader('accept-ranges', 'bytes');
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const [start, last] = [
      Number(range?.[1]),
      Math.min(Number(range?.[2] || bytes.length - 1), bytes.length - 1),
    ];
    const condition = request.headers['if-range'];
    if (range === null || (condition !== undefined && condition !== tag)) {
      response.setHeader('content-length', bytes.length);
      response.end(request.method === 'HEAD' ? undefined : bytes);
    } else if (start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    } else {
      const part = bytes.subarray(start, last + 1);
      response.writeHead(206, {
        'content-range': `bytes ${start}-${last}/${bytes.length}`,
        'content-length': part.length,
      });
      response.end(part);
    }
  };
}
