// A contender in a page, which does what the driver calls; the longest time that the page stood still is told with it.
import { openContender } from '../contenders/index.mjs';
import { longestTask } from './longest-task.mjs';
import { opfs } from './opfs.mjs';
import { pageHost } from './page-host.mjs';
import { startup } from './startup.mjs';

let opened;
const methods = {
  open: async (name, text) => {
    opened = await openContender(name, text, pageHost, { opfs });
  },
  remove: (place) => pageHost.remove(place),
  startup,
};

/** Does a method of the contender's, or of the page's. */
async function call(method, ...given) {
  const watch = longestTask();
  const value = await (methods[method] ? methods[method](...given) : opened[method](...given));
  return { ...value, longestTask: await watch.end() };
}

window.cairnBench = { call };
