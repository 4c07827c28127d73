import { type ConnectorContext, inputTooLarge, isCairnError, type Receipt } from '@cairn/core/plugin';
import { endBody, type HttpClient } from '../input/http-client.ts';
import type { HttpSettings } from '../input/http-options.ts';
import { strongTag } from '../input/served-version.ts';
import { clientOf } from '../input/open-input.ts';
import { blobOf, type OutputBlob } from './blob-target.ts';
import { createHeld, isGone } from './held.ts';
import type { Target } from './target.ts';

/** What is sent with a target's bytes. */
export interface UrlTargetOptions {
  readonly method: 'PUT' | 'POST';
  /** Whether it is sent only if the server still has what it had when it was prepared. */
  readonly onlyIfUnchanged: boolean;
  readonly http: HttpSettings;
  /** True when messages may not show the URL. */
  readonly hidden: boolean;
  readonly location: Readonly<Record<string, unknown>>;
}

interface Waiting {
  readonly blob: OutputBlob;
  /** What the server had: an ETag, null when it had nothing; undefined when nobody has asked, or it does not say. */
  readonly before: string | null | undefined;
}

/**
 * A server that is sent the bytes, when all are there, in one request of a known length: what a server takes of that it takes whole. What
 * was prepared waits in the platform's memory, so a killed process prepares anew, with the same `Idempotency-Key` if it comes to the
 * same.
 */
export function urlTarget(connector: string, contentType: string, options: UrlTargetOptions): Target {
  const { method, onlyIfUnchanged, http, hidden, location } = options;
  const held = createHeld<Waiting>();

  const ask = (context: ConnectorContext): HttpClient => clientOf({ connector, hidden, http }, context);

  /** The ETag of what the server has; null when it has nothing, undefined when it does not say. */
  const currentTag = async (client: HttpClient): Promise<string | null | undefined> => {
    try {
      const { response, watch } = await client.send({ method: 'HEAD', expected: [405, 501] });
      watch.close();
      return response.ok ? (strongTag(response) ?? undefined) : undefined;
    } catch (error) {
      if (isCairnError(error, 'file_not_found')) return null;
      throw error;
    }
  };

  return {
    location,

    prepare: async (chunks, facts, context) => {
      const client = ask(context);
      const { blob, sha256 } = await blobOf(limited(chunks, client), contentType, context);
      const before = onlyIfUnchanged ? await currentTag(client) : undefined;
      const sending = held.add(context, { blob: blob as OutputBlob, before });
      return { sending, bytes: blob.size, ...facts, sha256 };
    },

    commit: async (prepared, context) => {
      const { sending, ...receipt } = prepared;
      const waiting = held.get(sending);
      if (waiting === undefined) throw isGone('What is to be sent as', sending);
      const client = ask(context);
      const { response, watch } = await client.send({
        method,
        body: waiting.blob,
        headers: {
          'content-type': contentType,
          'idempotency-key': `"${keyOf(context, receipt)}"`,
          ...conditionOf(waiting.before),
        },
      });
      await endBody(response);
      watch.close();
      held.delete(sending);
      // A POST makes something of what it is sent, and not what is found at its URL.
      if (method === 'POST') return receipt;
      const tag = strongTag(response) ?? (await currentTag(client));
      return typeof tag === 'string' ? { ...receipt, etag: tag } : receipt;
    },

    rollback: async ({ sending }) => held.delete(sending),

    verify: async (receipt, context) => {
      if (method === 'POST') return true;
      const tag = await currentTag(ask(context));
      if (tag === null) return false;
      return tag === undefined || receipt['etag'] === undefined || tag === receipt['etag'];
    },
  };
}

function conditionOf(before: string | null | undefined): Readonly<Record<string, string>> {
  if (before === undefined) return {};
  return before === null ? { 'if-none-match': '*' } : { 'if-match': before };
}

/** Equal bytes of one task have one key, by which a server does once what it is asked for twice. */
function keyOf({ idempotencyKey, runId, step }: ConnectorContext, { sha256 }: Receipt): string {
  return `${idempotencyKey ?? `${runId}/${step}`}-${String(sha256)}`;
}

async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  { shown, settings }: HttpClient,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > settings.maxBytes) throw inputTooLarge(shown, settings.maxBytes);
    yield chunk;
  }
}
