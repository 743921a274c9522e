import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';

describe('npm run chaos', () => {
  it('runs on the secured system with --secure', () => {
    expect(readOptions(['--secure', '--minutes', '3'])).toMatchObject({ secure: true, minutes: 3, only: undefined });
    expect(readOptions([]).secure).toBe(false);
  });

  it('refuses to cut off encrypted commits', () => {
    expect(() => readOptions(['--secure', '--only', 'commit-in-doubt'])).toThrow(
      'commit-in-doubt cannot be combined with --secure: the proxy cannot recognise an encrypted commit.',
    );
    expect(readOptions(['--secure', '--only', 'commit-in-doubt,kill']).only).toEqual(['commit-in-doubt', 'kill']);
  });
});
