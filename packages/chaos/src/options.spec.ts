import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';

describe('npm run chaos', () => {
  it('runs on the secured system where it is asked to', () => {
    expect(readOptions(['--secure', '--minutes', '3'])).toMatchObject({ secure: true, minutes: 3, only: undefined });
    expect(readOptions([]).secure).toBe(false);
  });

  it('says that a commit which is encrypted cannot be cut off', () => {
    expect(() => readOptions(['--secure', '--only', 'commit-in-doubt'])).toThrow(
      'commit-in-doubt cannot be combined with --secure: the proxy cannot recognise an encrypted commit.',
    );
    expect(readOptions(['--secure', '--only', 'commit-in-doubt,kill']).only).toEqual(['commit-in-doubt', 'kill']);
  });
});
