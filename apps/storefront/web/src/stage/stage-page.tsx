import { Alert, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useCallback, useRef } from 'react';
import type { Snapshot } from '../../../src/stage/snapshot.js';
import { Page } from '../frame/page.js';
import { FaultPanel } from './controls/fault-panel.js';
import { LoadPanel } from './controls/load-panel.js';
import { Floor } from './floor.js';
import { KeyNumbers } from './key-numbers.js';
import { ServicesTable } from './services-table.js';
import type { TopologyMapHandle } from './staff.js';
import classes from './stage-page.module.css';
import { useStage } from './use-stage.js';
import { Reasons, SagasToFollow, Waits } from './waits.js';

const LEAD =
  'Nobody conducts. A service hears an event, changes its own database and says what happened; whoever listens to that takes the next step.';

/** The system as it dances. */
export default function StagePage() {
  const staff = useRef<TopologyMapHandle>(null);
  const onPicture = useCallback((snapshot: Snapshot) => staff.current?.show(snapshot.moving), []);
  const { now, history, connected } = useStage(onPicture);
  return (
    <Page title="The stage" lead={LEAD} wide>
      <Away connected={connected} now={now} />
      <KeyNumbers now={now} history={history} />
      <div className={classes.stage} aria-busy={connected && !now}>
        <div className={classes.seen}>
          <Floor now={now} handle={staff} />
          <Legend />
          <div className={classes.three}>
            <Waits now={now} />
            <Reasons now={now} />
            <SagasToFollow now={now} />
          </div>
          <section className={classes.numbers} aria-labelledby="numbers-title">
            <h2 id="numbers-title" className={classes.title}>
              Services in numbers
            </h2>
            <ServicesTable now={now} />
          </section>
        </div>
        <aside className={classes.controls} aria-label="What one can do">
          {now?.load ? (
            <>
              <LoadPanel load={now.load} usual={now.load.usualShares} />
              <FaultPanel faults={now.faults} />
            </>
          ) : (
            now && <NoDemo />
          )}
        </aside>
      </div>
    </Page>
  );
}

function Away({ connected, now }: { readonly connected: boolean; readonly now: Snapshot | undefined }) {
  if (connected && (!now || now.sagas)) return null;
  const what = connected
    ? 'The database of the storefront does not answer: no saga can be counted.'
    : 'The storefront cannot be reached: what you see is how it was.';
  return (
    <Alert role="status" color="undo" variant="light" mb="md" icon={<IconPlugConnectedX aria-hidden />} title={what}>
      This page goes on by itself.
    </Alert>
  );
}

function Legend() {
  return (
    <ul className={classes.legend} aria-label="What the signs mean">
      <li>
        <svg width="14" height="14" aria-hidden="true">
          <rect x="1" y="1" width="12" height="12" rx="3" className={classes.filled} />
        </svg>
        says its events on this topic
      </li>
      <li>
        <svg width="14" height="14" aria-hidden="true">
          <circle cx="7" cy="7" r="5.5" className={classes.ring} />
        </svg>
        hears this topic
      </li>
      <li>
        <svg width="14" height="14" aria-hidden="true">
          <circle cx="7" cy="7" r="4" className={classes.filled} />
        </svg>
        an event, forward
      </li>
      <li>
        <svg width="14" height="14" aria-hidden="true">
          <path d="M 7 2 L 12 7 L 7 12 L 2 7 Z" className={classes.back} />
        </svg>
        an event of the way back: a failure, an undo
      </li>
      <li>of many events, an even choice moves; numbers count all</li>
    </ul>
  );
}

function NoDemo() {
  return (
    <Text size="sm" c="dimmed">
      This system is no demonstration (QUADRILLE_DEMO): you can watch it, and change nothing.
    </Text>
  );
}
