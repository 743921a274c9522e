import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { NODE_FLAGS } from './start-service.js';

it('passes Node the same flags as the image', () => {
  const image = readFileSync(new URL('../../docker/Dockerfile', import.meta.url), 'utf8');
  expect(JSON.parse(image.match(/^ENTRYPOINT (.*)$/m)![1]!)).toEqual(['node', ...NODE_FLAGS]);
});
