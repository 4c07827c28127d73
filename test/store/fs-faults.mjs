// Loaded before anything else (`node --import`): every call of node:fs/promises, and of the file handles that it opens,
// first asks `globalThis.fsFaults.around`, when that is set. It is given the call's name and arguments, and how to run it.
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(import.meta.url);
const fs = require('node:fs/promises');
const now = require('node:fs');
// Handles are kept, for one that is forgotten while its calls hang is closed with a warning.
const faults = { around: undefined, now: undefined, handles: [] };
globalThis.fsFaults = faults;

const wrapped = (name, run) =>
  function call(...args) {
    const go = () => run.apply(this, args);
    return faults.around === undefined
      ? go()
      : faults.around({ name, args, run: go, runWith: (other) => run.apply(this, other) });
  };

const handled = ['write', 'read', 'stat', 'sync', 'datasync', 'close'];
const openFile = fs.open;
const open = wrapped('open', async (...args) => {
  const handle = await openFile(...args);
  faults.handles.push(handle);
  return handle;
});
for (const name of [
  'link',
  'mkdir',
  'readdir',
  'readFile',
  'rename',
  'rm',
  'rmdir',
  'stat',
  'unlink',
  'utimes',
])
  fs[name] = wrapped(name, fs[name]);
fs.open = async (...args) => {
  const handle = await open(...args);
  for (const name of handled) handle[name] = wrapped(`handle.${name}`, handle[name]);
  return handle;
};

// What is done to files at once: `now` is given the call's name and how to run it. Output to the terminal is no file.
const atOnce = ['fdatasyncSync', 'fstatSync', 'linkSync', 'openSync', 'renameSync', 'rmSync', 'writeSync'];
const originals = Object.fromEntries(atOnce.map((name) => [name, now[name]]));
for (const [name, original] of Object.entries(originals))
  now[name] = (...args) => doneNow(name, args, () => original(...args));
function doneNow(name, args, run) {
  if (faults.now === undefined || args[0] <= 2) return run();
  return faults.now({ name, args, run, runWith: (other) => originals[name](...other) });
}

// The disk of a file that was opened at once is waited for as that of any other.
for (const name of ['fdatasync', 'fsync']) {
  const original = now[name];
  const run = (file) =>
    new Promise((resolve, reject) => {
      original(file, (error) => (error ? reject(error) : resolve()));
    });
  const call = wrapped(name === 'fsync' ? 'handle.sync' : 'handle.datasync', run);
  now[name] = (file, callback) => void call(file).then(() => callback(null), callback);
}
syncBuiltinESMExports();
