// Loaded before anything else (`node --import`): every call of node:fs/promises, and of the file handles that it opens,
// first asks `globalThis.fsFaults.around`, when that is set. It is given the call's name and arguments, and how to run it.
import { createRequire, syncBuiltinESMExports } from 'node:module';

const fs = createRequire(import.meta.url)('node:fs/promises');
const faults = { around: undefined };
globalThis.fsFaults = faults;

const wrapped = (name, run) =>
  function call(...args) {
    const go = () => run.apply(this, args);
    return faults.around === undefined
      ? go()
      : faults.around({ name, args, run: go, runWith: (other) => run.apply(this, other) });
  };

const handled = ['write', 'read', 'stat', 'sync', 'datasync', 'close'];
const open = wrapped('open', fs.open);
for (const name of ['link', 'mkdir', 'readdir', 'readFile', 'rename', 'rm', 'rmdir', 'stat', 'unlink'])
  fs[name] = wrapped(name, fs[name]);
fs.open = async (...args) => {
  const handle = await open(...args);
  for (const name of handled) handle[name] = wrapped(`handle.${name}`, handle[name]);
  return handle;
};
syncBuiltinESMExports();
