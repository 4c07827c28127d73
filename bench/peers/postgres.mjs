// A PostgreSQL cluster that lives as long as a benchmark, with PostgreSQL's own settings (fsync and synchronous_commit on).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const debian = '/usr/lib/postgresql';

/** The folder of PostgreSQL's programs, Debian's newest first, or undefined. */
export function findPostgres() {
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const folders = versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(debian, version, 'bin'));
  return [...folders, '/usr/local/bin', '/opt/homebrew/bin'].find((folder) =>
    ['initdb', 'postgres', 'psql'].every((program) => existsSync(join(folder, program))),
  );
}

/**
 * Starts a cluster in a folder of its own below `parent`, which stays its caller's to remove, on a free loopback port.
 * PostgreSQL does not run as root: then it runs as the user `postgres`, or `nobody`.
 */
export async function startPostgres(bin, parent) {
  const folder = join(parent, 'postgres');
  const data = join(folder, 'data');
  mkdirSync(folder);
  const user = process.getuid() === 0 ? unprivileged() : undefined;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const as = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const options = { ...as, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'bench', '-A', 'trust', '-E', 'UTF8'], options);

  const port = await freePort();
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-k', folder, '-h', '127.0.0.1', '-p', String(port)],
    { ...as, cwd: folder, stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const psql = (text) =>
    execFileSync(
      join(bin, 'psql'),
      ['-h', folder, '-p', String(port), '-U', 'bench', '-d', 'postgres', '-Atc', text],
      options,
    )
      .toString()
      .trim();
  for (let tries = 0; ; tries += 1) {
    try {
      psql('select 1');
      break;
    } catch (error) {
      if (tries > 100 || server.exitCode !== null) throw error;
      await pause(100);
    }
  }
  let databases = 0;
  return {
    version: psql('show server_version'),
    settings: `fsync ${psql('show fsync')}, synchronous_commit ${psql('show synchronous_commit')}`,
    /** The URL of a new, empty database. */
    database() {
      databases += 1;
      psql(`create database bench_${databases}`);
      return `postgresql://bench@127.0.0.1:${port}/bench_${databases}`;
    },
    async stop() {
      // A fast shutdown: it waits for no client.
      server.kill('SIGINT');
      await ended;
    },
  };
}

function unprivileged() {
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((option) => Number(execFileSync('id', [option, name])));
      return { uid, gid };
    } catch {
      // There is no such user.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody');
}

async function freePort() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
