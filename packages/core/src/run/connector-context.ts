import { hashText } from '../checkpoint/sha256.ts';
import { secretNotFound } from '../errors/run-errors.ts';
import { canonicalJson } from '../pipeline/canonical.ts';
import type { ConnectorContext } from '../pipeline/connector.ts';
import type { PlannedSink, PlannedSource } from '../pipeline/plan.ts';
import { isSecret } from '../pipeline/secret.ts';
import { fileHash } from './file-hashes.ts';
import { tell, type Session } from './session.ts';

/** What a connector of this step is called with: params are filled in by the plan, secrets here. */
export async function connectorContext(
  session: Session,
  step: PlannedSource | PlannedSink,
  signal: AbortSignal = session.signal,
): Promise<ConnectorContext> {
  const { parts } = session;
  const fill = (value: unknown): Promise<unknown> => withSecrets(value, session, step.name);
  return {
    pipeline: session.plan.pipeline,
    step: step.name,
    runId: session.runId,
    idempotencyKey: idempotencyKey(session, step.name),
    earlierRuns: earlierRuns(session, step.name),
    location: (await fill(step.connector.location)) as Record<string, unknown>,
    options: (await fill(step.connector.options)) as Record<string, unknown>,
    signal,
    resource: session.resources.get(step.name),
    logger: parts.logger,
    files: parts.files,
    allowUrls: parts.allowUrls,
    fileHash: (path) => fileHash(path, parts.files, parts.store, parts.now, signal),
    progress: (done, total) => {
      tell(session, step, { type: 'progress', done, total });
    },
  };
}

/** Another one once the task has succeeded, for then it is to be done again. */
function idempotencyKey({ plan, journal, correlationId, runId }: Session, step: string): string {
  const { successes } = journal;
  return hashText(canonicalJson({ pipeline: plan.pipeline, task: correlationId ?? runId, successes, step }));
}

/** Of which the step's own history tells; a run that waits for the next attempt is not over. */
function earlierRuns({ stages, runId }: Session, step: string): readonly string[] {
  const { history } = stages.step(step);
  const done = history.findLastIndex(({ status }) => status === 'complete');
  const begun = history.slice(done + 1).filter(({ status }) => status === 'running');
  return [...new Set(begun.map((entry) => entry.runId))].filter((id) => id !== runId);
}

/** The value with every secret in it replaced by what the runner knows. */
export async function withSecrets(value: unknown, session: Session, step: string): Promise<unknown> {
  const { parts } = session;
  return filled(value, async (name) => {
    const known = await parts.secret(name, () => parts.hooks?.resolveSecret(session, name));
    if (known === undefined) throw secretNotFound(name, step);
    return known;
  });
}

/** The value with every secret in it replaced. */
export async function filled(value: unknown, find: (secret: string) => Promise<string>): Promise<unknown> {
  if (isSecret(value)) return find(value.name);
  if (Array.isArray(value)) return Promise.all(value.map((item) => filled(item, find)));
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const copy: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(value)) copy[name] = await filled(inner, find);
    return copy;
  }
  return value;
}
