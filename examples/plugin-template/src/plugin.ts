import { definePlugin } from '@cairn/core/plugin';
import { makeErrorShare, errorShareOptions } from './error-share.ts';
import { makeAccessLog, accessLogOptions } from './from-access-log.ts';
import { noAddresses } from './no-addresses.ts';

/** Web servers' access logs: the source `accessLog`, the check `errorShare`, and a hook that keeps addresses in. */
export const accessLog = definePlugin({
  name: 'access-log',
  version: '1.0.0',
  sources: { accessLog: { options: accessLogOptions, location: ['path', 'file'], create: makeAccessLog } },
  checks: { errorShare: { options: errorShareOptions, create: makeErrorShare } },
  hooks: { beforeCommit: { filter: { tag: 'public' }, handler: noAddresses } },
});

/**
 * Reads an access log in the Common Log Format, or in the combined one.
 *
 * @example
 * const requests = source('requests', fromAccessLog({ path: 'logs/access.log' }));
 */
export const fromAccessLog = accessLog.sources.accessLog;

/**
 * At most such a share of the requests may have failed, which is what a status of 500 or more says.
 *
 * @example
 * const requests = source('requests', fromAccessLog({ path }), { checks: [errorShare({ max: 0.01 })] });
 */
export const errorShare = accessLog.checks.errorShare;
