import { engineSuite } from '../../packages/core/dist/testing/engine-suite.js';
import { createNodeEngine } from '../../packages/node-adapter/dist/engine.js';
import { describe, test } from 'vitest';

describe('the engine of Node', () => {
  engineSuite({ test, create: () => Promise.resolve(createNodeEngine()) });
});
