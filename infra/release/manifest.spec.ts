import { expect, it } from '@jest/globals';
import { manifestOf } from './manifest.mjs';

const KAFKA = {
  name: '@quadrille/kafka',
  version: '0.1.0',
  exports: { '.': { default: './dist/index.js' } },
  publishConfig: { access: 'public', provenance: true },
};

it('names the repository and its folder, which npm compares with a statement of provenance', () => {
  const manifest = (repository?: unknown) =>
    manifestOf(KAFKA, { engines: {}, license: 'MIT', repository }, [], 'packages/kafka');
  const expected = { type: 'git', url: 'git+https://example.com/a/b.git', directory: 'packages/kafka' };
  expect(manifest({ type: 'git', url: expected.url })).toMatchObject({ repository: expected });
  expect(manifest(expected.url)).toMatchObject({ repository: expected, publishConfig: { provenance: true } });
  expect(manifest()).not.toHaveProperty('repository');
});
