import { describe, expect, it } from '@jest/globals';
import { DemoOnly } from './demo-only.js';

const guard = (demo: boolean) => new DemoOnly({ QUADRILLE_DEMO: demo } as never);

describe('load and faults', () => {
  it('are allowed in a demonstration', () => {
    expect(guard(true).canActivate()).toBe(true);
  });
  it('are refused with 403 otherwise', () => {
    expect(() => guard(false).canActivate()).toThrow(
      expect.objectContaining({ status: 403, code: 'no-demonstration' }),
    );
  });
});
