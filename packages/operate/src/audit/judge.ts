import type { Verdict } from '@quadrille/testing';
import { isPending, type Look, type Pending } from './look.js';

/** `open`: it cannot be judged yet, because the system has not finished what it is doing. */
export type Judgement = Omit<Verdict, 'holds'> & { readonly verdict: 'holds' | 'broken' | 'open' };

/** What the audit says. */
export interface Judged {
  readonly verdict: 'holds' | 'broken' | 'open';
  readonly promises: readonly Judgement[];
  readonly pending: Pending;
}

/**
 * Judges by the last look and the one before. A promise is broken when nothing is pending and both looks agree that it is: services
 * commit one after the other, so a single look at a moving system sees violations that there are not.
 */
export function judge(look: Look, before: Look | undefined): Judged {
  const settled = !isPending(look.pending) && before?.trace === look.trace;
  const promises = look.verdicts.map(({ holds, ...facts }): Judgement => {
    if (holds) return { ...facts, verdict: 'holds' };
    return settled ? { ...facts, verdict: 'broken' } : { ...facts, violations: [], verdict: 'open' };
  });
  const has = (verdict: Judgement['verdict']) => promises.some((promise) => promise.verdict === verdict);
  return { verdict: has('broken') ? 'broken' : has('open') ? 'open' : 'holds', promises, pending: look.pending };
}
