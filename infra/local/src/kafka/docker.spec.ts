import { describe, expect, it } from '@jest/globals';
import { mount } from './docker.js';

describe('a mount of a container', () => {
  it('may contain field separators and quotes in its path', () => {
    expect(mount('bind', '/home/ö/a,b:c "d"', '/mnt')).toEqual([
      '--mount',
      '"type=bind","source=/home/ö/a,b:c ""d""","target=/mnt","readonly"',
    ]);
  });
});
