import {
  IconBug,
  IconDatabase,
  IconHandStop,
  IconMailOff,
  IconPlayerPauseFilled,
  IconRefresh,
} from '@tabler/icons-react';
import { Link } from 'react-router';
import type { AwaitedStep, FaultSwitch, ServiceOnStage } from '../../../src/stage/snapshot.js';
import { span } from '../ui/format.js';
import { count, rate } from './numbers.js';
import classes from './service-card.module.css';

interface ServiceCardProps {
  readonly service: string;
  readonly facts: ServiceOnStage | undefined;
  /** Emitted events per second; undefined for a service that only consumes. */
  readonly perSecond: number | undefined;
  readonly awaited: readonly AwaitedStep[];
  readonly faults: readonly FaultSwitch[];
  /** Time of the snapshot in milliseconds, the end of spans. */
  readonly now: number;
}

const HEALTH = { up: 'up', unwell: 'unwell', silent: 'slow to answer', down: 'not running', unknown: '…' } as const;
/** Sagas waiting for longer than this have a problem. */
const LONG_WAIT_MS = 3_000;
const MUCH_BACKLOG_ROWS = 200;

/** One service with its database: its health, its events, the sagas that wait for it. */
export function ServiceCard({ service, facts, perSecond, awaited, faults, now }: ServiceCardProps) {
  const on = (fault: string) => faults.filter((each) => each.fault === fault && each.target === service && each.on);
  const bugs = faults.filter(({ fault, on: failing }) => fault === 'failing-step' && failing);
  const stop = faults.find(({ fault, target }) => fault === 'stopped-service' && target === service);
  const health = stop?.doing ?? (stop?.on ? 'stopped' : HEALTH[facts?.health ?? 'unknown']);
  const well = health === 'up' || health === '…';
  return (
    <article className={classes.card} data-unwell={!well || undefined} aria-label={`Service ${service}`}>
      <header className={classes.head}>
        <h3 className={classes.name}>{service}</h3>
        <span className={classes.health} data-well={well || undefined}>
          {health}
        </span>
      </header>
      <p className={classes.summary}>
        {perSecond === undefined ? (
          'emits no events'
        ) : (
          <>
            <span className={classes.number}>{rate(perSecond)}</span> events/s
          </>
        )}
        {facts && facts.restarts > 0 && (
          <span className={classes.restarts} title="Restarts since this page was opened">
            <IconRefresh size={13} aria-hidden /> {facts.restarts}
          </span>
        )}
      </p>
      <Waiting awaited={awaited} now={now} />
      <ul className={classes.flags}>
        {on('paused-relay').length > 0 && (
          <li>
            <IconPlayerPauseFilled size={12} aria-hidden /> relay paused
          </li>
        )}
        {on('paused-consumer').length > 0 && (
          <li>
            <IconHandStop size={13} aria-hidden /> consumer paused
          </li>
        )}
        {bugs.map(({ target }) => (
          <li key={target}>
            <IconBug size={13} aria-hidden /> bug in {target}
          </li>
        ))}
        {(facts?.parked?.dead ?? 0) > 0 && (
          <li>
            <Link to={`/dead-letters?service=${service}`}>
              <IconMailOff size={13} aria-hidden /> {count(facts!.parked!.dead)} dead{' '}
              {facts!.parked!.dead === 1 ? 'letter' : 'letters'}
            </Link>
          </li>
        )}
      </ul>
      <Outbox outbox={facts?.outbox ?? null} />
    </article>
  );
}

function Waiting({ awaited, now }: { readonly awaited: readonly AwaitedStep[]; readonly now: number }) {
  const sagas = awaited.reduce((all, { count: each }) => all + each, 0);
  const since = Math.min(...awaited.map(({ since: at }) => Date.parse(at)));
  const long = now - since > LONG_WAIT_MS;
  return (
    <p className={classes.waiting} data-long={(sagas > 0 && long) || undefined}>
      {sagas === 0 ? 'no saga waits' : `${count(sagas)} ${sagas === 1 ? 'saga waits' : 'sagas wait'}`}
      {sagas > 0 && long && ` for ${span(now - since)}`}
    </p>
  );
}

function Outbox({ outbox }: { readonly outbox: ServiceOnStage['outbox'] }) {
  return (
    <p className={classes.database} data-many={(outbox?.rows ?? 0) >= MUCH_BACKLOG_ROWS || undefined}>
      <IconDatabase size={15} aria-hidden />
      outbox {outbox ? count(outbox.rows) : '?'}
    </p>
  );
}
