import { describe, expect, it } from '@jest/globals';
import { idNamed, newId, timeOfId } from './ids.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids', () => {
  it('of one millisecond differ and are version 7', () => {
    const ids = Array.from({ length: 1_000 }, () => newId(1_700_000_000_000));
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(UUID.exec(id)?.[1]).toBe('7');
  });

  it('sort by their time', () => {
    expect(newId(1_700_000_000_000) < newId(1_700_000_000_001)).toBe(true);
    expect(newId(1_700_000_000_000).startsWith('018bcfe5-6800-7')).toBe(true);
  });

  it('contain their time of creation, unless they are of another version', () => {
    expect(timeOfId(newId(1_700_000_000_123))).toBe(1_700_000_000_123);
    expect(timeOfId(idNamed('orders/0/17'))).toBeUndefined();
    expect(timeOfId('TEAPOT')).toBeUndefined();
  });

  it('of a name are always the same', () => {
    expect(idNamed('orders/0/17')).toBe(idNamed('orders/0/17'));
    expect(idNamed('orders/0/17')).not.toBe(idNamed('orders/0/18'));
    expect(UUID.exec(idNamed('orders/0/17'))?.[1]).toBe('8');
  });
});
