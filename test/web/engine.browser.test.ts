import { engineSuite } from '@cairn/core/testing';
import { createWebEngine } from '@cairn/web';
import { duckDbAssets } from '@cairn/web/assets';
import { describe, test } from 'vitest';

describe('createWebEngine', () => {
  engineSuite({ test, create: async () => createWebEngine({ assets: duckDbAssets }) });
});
