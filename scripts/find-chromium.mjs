// Finds the browser that the tests run in, and installs one where there is none: a skipped test would look like a
// passed one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

function installed() {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...elsewhere].find((file) => existsSync(file));
}

async function downloaded() {
  const { chromium } = await import('playwright');
  const file = chromium.executablePath();
  return existsSync(file) ? file : undefined;
}

function fromDebian() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  console.log('Installing Chromium (apt-get install chromium) ...');
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
  return installed();
}

async function download() {
  console.log('Downloading Chromium (playwright install chromium) ...');
  spawnSync(process.execPath, ['node_modules/playwright/cli.js', 'install', 'chromium'], {
    stdio: 'inherit',
    timeout: 300_000,
  });
  return downloaded();
}

/** The path of a Chromium or Chrome; `CAIRN_CHROMIUM` names one that stands elsewhere. */
export async function findChromium() {
  const asked = process.env.CAIRN_CHROMIUM;
  if (asked !== undefined) {
    if (existsSync(asked)) return asked;
    throw new Error(`CAIRN_CHROMIUM names ${asked}, which is not there`);
  }
  const found = installed() ?? (await downloaded()) ?? fromDebian() ?? (await download());
  if (found !== undefined) return found;
  throw new Error(
    'The tests need a Chromium or Chrome, and none was found: install one, or name it with CAIRN_CHROMIUM=/path/to/chrome',
  );
}

/** What Chromium is started with: no sandbox, for CI runs as root, and nothing that calls home. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
