import { existsSync } from 'node:fs';

/** Whether one of bench/peers is installed: npm --prefix bench/peers ci */
export function hasPeer(name) {
  return existsSync(new URL(`../peers/node_modules/${name}`, import.meta.url));
}
