import type { GraphShape } from '../state/graph-shape.ts';
import { arrange } from './arrange.ts';

self.addEventListener(
  'message',
  ({ data }: MessageEvent<{ readonly id: number; readonly shape: GraphShape }>) => {
    const { id, shape } = data;
    try {
      self.postMessage({ id, places: arrange(shape) });
    } catch (error) {
      self.postMessage({ id, error: String(error) });
    }
  },
);
