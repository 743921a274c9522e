import { describe, expect, it } from '@jest/globals';
import { mount } from './docker.js';

describe('a mount of a container', () => {
  it('may have in its path what separates fields, and quotes', () => {
    expect(mount('bind', '/home/ö/a,b:c "d"', '/mnt')).toEqual([
      '--mount',
      '"type=bind","source=/home/ö/a,b:c ""d""","target=/mnt","readonly"',
    ]);
  });
});
