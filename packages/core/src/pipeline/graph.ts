/** A graph by the positions of its nodes: for each one, the nodes that come before it. */
export type Dependencies = readonly (readonly number[])[];

/**
 * The nodes in topological order; of those that could come next, the one of the lowest position does. When there is a
 * cycle, its nodes instead, each one before the next and the last one before the first.
 */
export function topologicalOrder(
  dependencies: Dependencies,
): { order: readonly number[] } | { cycle: readonly number[] } {
  const waitsFor = dependencies.map((before) => before.length);
  const followers: number[][] = dependencies.map(() => []);
  for (const [node, before] of dependencies.entries()) for (const one of before) followers[one]?.push(node);
  const ready = smallestFirst();
  for (const [node, count] of waitsFor.entries()) if (count === 0) ready.push(node);
  const order: number[] = [];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order.push(node);
    for (const next of followers[node] ?? []) {
      waitsFor[next] = (waitsFor[next] ?? 0) - 1;
      if (waitsFor[next] === 0) ready.push(next);
    }
  }
  return order.length === dependencies.length ? { order } : { cycle: findCycle(dependencies, waitsFor) };
}

/** Whatever still waits, waits for something that still waits: going back from one to the next must come round. */
function findCycle(dependencies: Dependencies, waitsFor: readonly number[]): readonly number[] {
  const path: number[] = [];
  const seenAt = new Map<number, number>();
  let node = waitsFor.findIndex((count) => count > 0);
  while (!seenAt.has(node)) {
    seenAt.set(node, path.length);
    path.push(node);
    node = dependencies[node]?.find((before) => (waitsFor[before] ?? 0) > 0) ?? node;
  }
  return path.slice(seenAt.get(node)).reverse();
}

/** A binary heap of numbers. */
function smallestFirst(): { push(value: number): void; pop(): number | undefined } {
  const heap: number[] = [];
  const at = (index: number): number => heap[index] ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [at(b), at(a)];
  };
  return {
    push(value) {
      let index = heap.push(value) - 1;
      for (let parent = (index - 1) >> 1; index > 0 && at(parent) > at(index); parent = (index - 1) >> 1) {
        swap(index, parent);
        index = parent;
      }
    },
    pop() {
      const [top] = heap;
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return top;
      heap[0] = last;
      for (let index = 0; ;) {
        const left = 2 * index + 1;
        const child = at(left + 1) < at(left) ? left + 1 : left;
        if (at(child) >= at(index)) return top;
        swap(index, child);
        index = child;
      }
    },
  };
}
