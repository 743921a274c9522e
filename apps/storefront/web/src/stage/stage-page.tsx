import { Alert, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useCallback, useRef } from 'react';
import type { Snapshot } from '../../../src/stage/snapshot.js';
import { Page } from '../frame/page.js';
import { AwaitedSteps, Reasons, SagasToFollow } from './awaited-steps.js';
import { FaultPanel } from './controls/fault-panel.js';
import { LoadPanel } from './controls/load-panel.js';
import { KeyNumbers } from './key-numbers.js';
import { ServicesTable } from './services-table.js';
import classes from './stage-page.module.css';
import { SystemDiagram } from './system-diagram.js';
import type { TopologyMapHandle } from './topology-map.js';
import { useStage } from './use-stage.js';

const LEAD =
  'There is no coordinator. A service handles an event, changes its own database and emits the next event; the services that handle it take the next step.';

/** The live view of the system. */
export default function StagePage() {
  const topology = useRef<TopologyMapHandle>(null);
  const onPicture = useCallback((snapshot: Snapshot) => topology.current?.show(snapshot.moving), []);
  const { now, history, connected } = useStage(onPicture);
  return (
    <Page title="The stage" lead={LEAD} wide>
      <Away connected={connected} now={now} />
      <KeyNumbers now={now} history={history} />
      <div className={classes.stage} aria-busy={connected && !now}>
        <div className={classes.seen}>
          <SystemDiagram now={now} handle={topology} />
          <Legend />
          <div className={classes.three}>
            <AwaitedSteps now={now} />
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
        <aside className={classes.controls} aria-label="Load and faults">
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
    ? 'The database of the storefront does not respond: sagas cannot be counted.'
    : 'The storefront cannot be reached: this is the last known state.';
  return (
    <Alert role="status" color="undo" variant="light" mb="md" icon={<IconPlugConnectedX aria-hidden />} title={what}>
      This page reconnects automatically.
    </Alert>
  );
}

function Legend() {
  return (
    <ul className={classes.legend} aria-label="Legend">
      <li>
        <svg width="14" height="14" aria-hidden="true">
          <rect x="1" y="1" width="12" height="12" rx="3" className={classes.filled} />
        </svg>
        publishes its events on the topics of this line
      </li>
      <li>
        <svg width="14" height="14" aria-hidden="true">
          <circle cx="7" cy="7" r="5.5" className={classes.ring} />
        </svg>
        consumes some or all of them
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
        an event of a compensation, or a failure
      </li>
      <li>an even sample of many events moves; figures count all</li>
    </ul>
  );
}

function NoDemo() {
  return (
    <Text size="sm" c="dimmed">
      This system is not a demonstration (QUADRILLE_DEMO): load and faults are read-only.
    </Text>
  );
}
