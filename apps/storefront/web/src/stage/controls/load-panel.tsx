import { Alert, Button, Collapse, Group, NumberInput, SegmentedControl, Slider, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerPlayFilled, IconPlayerStopFilled } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { memo, useEffect, useRef, useState } from 'react';
import type { LoadOnStage } from '../../../../src/stage/snapshot.js';
import { request } from '../../api/request.js';
import { count } from '../numbers.js';
import { same } from '../same.js';
import { MIXES, nameOf, type Shares } from './mixes.js';
import classes from './panel.module.css';

/** The initial rate: enough to see movement, few enough to follow one order. */
const FIRST_RATE = 5;
const OWN_MIX = 'My own';

interface Plan {
  readonly ordersPerSecond: number;
  readonly shares: Shares;
}

/** The number and kinds of orders, and their results. */
export function LoadPanel({ load: pictured, usual }: { readonly load: LoadOnStage; readonly usual: Shares }) {
  // A response is newer than the snapshot, until the next one.
  const [answered, setAnswered] = useState<LoadOnStage>();
  useEffect(() => setAnswered(undefined), [pictured]);
  const load = answered ?? pictured;
  const { accepted, failed, leftOut, ordersPerSecond, maxOrdersPerSecond, shares } = load;
  return (
    <section className={classes.panel} aria-labelledby="load-title">
      <LoadControls load={{ ordersPerSecond, maxOrdersPerSecond, shares }} usual={usual} onAnswer={setAnswered} />
      <Text size="xs" c="dimmed" mt="xs" className="tabular">
        {count(accepted)} accepted
        {failed > 0 && `, ${count(failed)} not accepted`}
        {leftOut > 0 && `, ${count(leftOut)} skipped without a response`}
      </Text>
    </section>
  );
}

interface LoadControlsProps {
  readonly load: Plan & Pick<LoadOnStage, 'maxOrdersPerSecond'>;
  readonly usual: Shares;
  readonly onAnswer: (load: LoadOnStage) => void;
}

const LoadControls = memo(function LoadControls({ load, usual, onAnswer }: LoadControlsProps) {
  const { mutate, error, isPending } = useMutation({
    // Only the changed fields: the snapshot of the others may be a second old.
    mutationFn: (change: Partial<Plan>) =>
      request<LoadOnStage>('storefront', '/stage/load', { method: 'PATCH', body: change }),
    onSuccess: onAnswer,
  });
  const kinds = Object.keys(usual);
  const running = load.ordersPerSecond > 0;
  const [rate, setRate] = useState(load.ordersPerSecond || FIRST_RATE);
  // Changes by other viewers are shown, except while dragging.
  const dragging = useRef(false);
  useEffect(() => {
    if (!dragging.current && load.ordersPerSecond > 0) setRate(load.ordersPerSecond);
  }, [load.ordersPerSecond]);
  const mix = nameOf(load.shares, kinds, usual) ?? OWN_MIX;
  const [shown, { toggle }] = useDisclosure(false);
  return (
    <>
      <Group justify="space-between" wrap="nowrap">
        <h2 id="load-title" className={classes.title}>
          Orders
        </h2>
        <Button
          variant={running ? 'default' : 'filled'}
          loading={isPending}
          leftSection={
            running ? <IconPlayerStopFilled size={16} aria-hidden /> : <IconPlayerPlayFilled size={16} aria-hidden />
          }
          onClick={() => mutate({ ordersPerSecond: running ? 0 : rate })}
        >
          {running ? 'Stop' : 'Start the load'}
        </Button>
      </Group>
      <Stack gap={4} mt="sm">
        <Text size="sm" id="rate-label">
          <b className="tabular">{rate}</b> {rate === 1 ? 'order' : 'orders'} per second
        </Text>
        <Slider
          min={1}
          max={load.maxOrdersPerSecond}
          value={rate}
          label={null}
          thumbProps={{ 'aria-labelledby': 'rate-label' }}
          onChange={(value) => {
            dragging.current = true;
            setRate(value);
          }}
          onChangeEnd={(value) => {
            dragging.current = false;
            if (running) mutate({ ordersPerSecond: value });
          }}
        />
      </Stack>
      <SegmentedControl
        mt="md"
        fullWidth
        size="xs"
        aria-label="Kinds of orders"
        value={mix}
        data={[...MIXES.map(({ name }) => name), ...(mix === OWN_MIX ? [OWN_MIX] : [])]}
        onChange={(name) => {
          const chosen = MIXES.find((each) => each.name === name);
          if (chosen) mutate({ shares: chosen.of(kinds, usual) });
        }}
      />
      <Button variant="subtle" size="compact-sm" mt={6} onClick={toggle} aria-expanded={shown}>
        {shown ? 'Hide the shares' : 'Choose the share of each kind'}
      </Button>
      <Collapse expanded={shown}>
        <div className={classes.shares}>
          {kinds.map((kind) => (
            <NumberInput
              key={kind}
              label={kind}
              size="xs"
              min={0}
              max={1_000}
              allowDecimal={false}
              value={load.shares[kind] ?? 0}
              onChange={(share) => mutate({ shares: { [kind]: Number(share) || 0 } })}
            />
          ))}
        </div>
      </Collapse>
      {error && (
        <Alert color="undo" mt="sm" role="alert">
          {error.message}
        </Alert>
      )}
    </>
  );
}, same);
