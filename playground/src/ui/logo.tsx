import type { ReactElement } from 'react';

/** Three stones, one on another: the sign of the app. */
export function Logo({ size = 24 }: { readonly size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <g fill="currentColor">
        <ellipse cx="12" cy="18.6" rx="9" ry="3.1" />
        <ellipse cx="12.7" cy="12.2" rx="6.3" ry="2.7" opacity="0.72" />
        <ellipse cx="11.5" cy="6.6" rx="4.1" ry="2.3" />
      </g>
    </svg>
  );
}
