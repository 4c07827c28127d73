import { useInsertionEffect, useRef, type RefObject } from 'react';

/** What was rendered last, for functions that stay the same. */
export function useLatest<Value>(value: Value): RefObject<Value> {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
