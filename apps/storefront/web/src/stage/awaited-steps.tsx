import { Anchor } from '@mantine/core';
import { Link } from 'react-router';
import type { Snapshot } from '../../../src/stage/snapshot.js';
import { shortId, span, wordsOf } from '../ui/format.js';
import classes from './awaited-steps.module.css';
import { count } from './numbers.js';

/** The number of shown entries; further ones have few sagas each. */
const SHOWN = 8;

/** The awaited steps, with the number of waiting sagas and the longest wait. */
export function AwaitedSteps({ now }: { readonly now: Snapshot | undefined }) {
  const awaited = [...(now?.sagas?.awaited ?? [])].sort((a, b) => b.count - a.count).slice(0, SHOWN);
  const most = Math.max(1, ...awaited.map((each) => each.count));
  const at = Date.parse(now?.at ?? '');
  return (
    <section className={classes.box} aria-labelledby="awaited-title">
      <h2 id="awaited-title" className={classes.title}>
        Awaited steps
      </h2>
      {awaited.length === 0 ? (
        <p className={classes.none}>None: no saga is running.</p>
      ) : (
        <ul className={classes.bars}>
          {awaited.map(({ step, service, count: sagas, since }) => (
            <li key={step}>
              <span>
                {step} <span className={classes.quiet}>of {service}</span>
              </span>
              <span className={classes.quiet}>
                {count(sagas)} {sagas === 1 ? 'saga' : 'sagas'}, first for {span(at - Date.parse(since))}
              </span>
              <span className={classes.bar} style={{ width: `${(sagas / most) * 100}%` }} aria-hidden="true" />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The reasons of cancellations in the last minute. */
export function Reasons({ now }: { readonly now: Snapshot | undefined }) {
  const reasons = Object.entries(now?.sagas?.reasons ?? {})
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN);
  const most = Math.max(1, ...reasons.map(([, times]) => times));
  return (
    <section className={classes.box} aria-labelledby="reasons-title">
      <h2 id="reasons-title" className={classes.title}>
        Reasons for cancellation
      </h2>
      {reasons.length === 0 ? (
        <p className={classes.none}>No cancellation in the last minute.</p>
      ) : (
        <ul className={classes.bars} data-back="">
          {reasons.map(([reason, times]) => (
            <li key={reason}>
              <span>{wordsOf(reason)}</span>
              <span className={classes.quiet}>{count(times)}</span>
              <span className={classes.bar} style={{ width: `${(times / most) * 100}%` }} aria-hidden="true" />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Sample sagas: those waiting longest, and those that ended last. */
export function SagasToFollow({ now }: { readonly now: Snapshot | undefined }) {
  const sagas = now?.sagas?.sagas ?? [];
  const at = Date.parse(now?.at ?? '');
  return (
    <section className={classes.box} aria-labelledby="sagas-title">
      <h2 id="sagas-title" className={classes.title}>
        Follow one
      </h2>
      {sagas.length === 0 ? (
        <p className={classes.none}>No order has been placed yet.</p>
      ) : (
        <ul className={classes.sagas}>
          {sagas.map(({ orderId, state, startedAt, endedAt, awaitedStep }) => (
            <li key={orderId}>
              <Anchor component={Link} to={`/orders/${orderId}`} size="sm" ff="monospace">
                {shortId(orderId)}
              </Anchor>
              <span className={classes.state} data-state={state}>
                {endedAt ? state.toLowerCase() : state === 'compensating' ? 'compensating' : 'running'}
              </span>
              <span className={classes.quiet}>
                {endedAt
                  ? `in ${span(Date.parse(endedAt) - Date.parse(startedAt))}`
                  : `${awaitedStep ? `waits for ${awaitedStep}, ` : ''}${span(at - Date.parse(startedAt))} old`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
