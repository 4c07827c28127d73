import type { Runner } from '@cairn/core';
import { invalidArgument } from '@cairn/core/plugin';
import { createContext, createElement, useContext, type ReactElement, type ReactNode } from 'react';

/** Props of {@link CairnProvider}. */
export interface CairnProviderProps {
  /** Made once, outside of components. It is lent: whoever made it closes it. */
  readonly runner: Runner;
  readonly children?: ReactNode;
}

const RunnerContext = createContext<Runner | undefined>(undefined);

/**
 * Hands a runner to the hooks below it.
 *
 * @example
 * const runner = createWebRunner({ assets: duckDbAssets });
 * createRoot(element).render(<CairnProvider runner={runner}><App /></CairnProvider>);
 */
export function CairnProvider({ runner, children }: CairnProviderProps): ReactElement {
  return createElement(RunnerContext, { value: runner }, children);
}

/**
 * The runner of the nearest {@link CairnProvider}.
 *
 * @throws CairnError `invalid_argument` when there is none
 */
export function useRunner(): Runner {
  const runner = useContext(RunnerContext);
  if (runner === undefined) throw invalidArgument('useRunner', 'needs a CairnProvider above it');
  return runner;
}
