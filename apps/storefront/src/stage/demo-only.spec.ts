import { describe, expect, it } from '@jest/globals';
import { DemoOnly } from './demo-only.js';

const guard = (demo: boolean) => new DemoOnly({ QUADRILLE_DEMO: demo } as never);

describe('load and faults', () => {
  it('may be moved in a demonstration', () => {
    expect(guard(true).canActivate()).toBe(true);
  });
  it('are refused with 403 everywhere else', () => {
    expect(() => guard(false).canActivate()).toThrow(
      expect.objectContaining({ status: 403, code: 'no-demonstration' }),
    );
  });
});
