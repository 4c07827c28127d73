import { CairnProvider } from '@cairn/web/react';
import { use, type ReactElement, type ReactNode } from 'react';
import { useSession } from './app-context.ts';

/** Hands the project's runner to the hooks of `@cairn/web/react` below it; suspends until that is loaded. */
export function WithRunner({ children }: { readonly children: ReactNode }): ReactElement {
  const { runner } = use(useSession().bench());
  return <CairnProvider runner={runner}>{children}</CairnProvider>;
}
