import { Alert, Button, Group, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { memo } from 'react';
import type { FaultName, FaultSwitch } from '../../../../src/stage/snapshot.js';
import { same } from '../same.js';
import { FaultSwitchRow, OneOfMany, ServiceSwitch, type Words } from './fault-switches.js';
import classes from './panel.module.css';
import { PoisonButtons } from './poison-buttons.js';
import { useSwitches } from './use-switches.js';

const ALONE: readonly (readonly [FaultName, Words])[] = [
  ['declined-cards', { name: 'Decline every card', see: 'PaymentFailed: orders by card are cancelled at once' }],
  ['slow-provider', { name: 'Make the card provider slow', see: 'orders by card take longer, the others do not' }],
  ['provider-down', { name: 'Switch the card provider off', see: 'orders by card wait, and continue when it is back' }],
  [
    'undeliverable',
    { name: 'Half of the orders go to Antarctica', see: 'ShipmentFailed: stock and payment are returned' },
  ],
];

/** Faults with one active target at a time. */
const SEVERAL = [
  {
    fault: 'empty-shelf',
    name: 'Buy up the shelf of',
    see: 'a collector orders the whole stock; later orders: out of stock',
    first: 'TEAPOT',
  },
  {
    fault: 'failing-step',
    name: 'Inject a bug into',
    see: 'after five attempts its messages are dead letters; after the fix, they can be redriven',
    first: 'create-shipment',
  },
] as const;

const OF_SERVICES: readonly (readonly [FaultName, string])[] = [
  ['stopped-service', 'Stopped'],
  ['paused-relay', 'Relay paused'],
  ['paused-consumer', 'Consumer paused'],
];

/** All fault switches, and one button to switch them off. */
export const FaultPanel = memo(function FaultPanel({ faults }: { readonly faults: readonly FaultSwitch[] }) {
  const switches = useSwitches(faults);
  const on = faults.filter((each) => each.on && !each.recoveryPending).length;
  const pending = faults.filter((each) => each.recoveryPending);
  const services = [...new Set(faults.flatMap(({ fault, target }) => (fault === 'stopped-service' ? [target!] : [])))];
  const noSupervisor = faults.find(({ fault }) => fault === 'stopped-service')?.unavailable;
  return (
    <section className={classes.panel} aria-labelledby="faults-title">
      <Group justify="space-between" wrap="nowrap">
        <h2 id="faults-title" className={classes.title}>
          Faults
        </h2>
        <Button
          variant={on > 0 ? 'filled' : 'default'}
          color="undo"
          disabled={on === 0}
          loading={switches.lifting}
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          onClick={switches.lift}
        >
          {on === 0
            ? pending.length > 0
              ? 'All are being lifted'
              : 'No fault is on'
            : `Lift ${on === 1 ? 'the fault' : `all ${on} faults`}`}
        </Button>
      </Group>
      {pending.length > 0 && (
        <Text size="sm" mt="xs" role="status">
          Lifted once the service responds: {pending.map(nameOf).join(', ')}.
        </Text>
      )}
      {switches.problem && (
        <Alert color="undo" mt="sm" role="alert">
          {switches.problem}
        </Alert>
      )}
      <div className={classes.switches}>
        {ALONE.map(([fault, words]) => (
          <FaultSwitchRow key={fault} fault={fault} words={words} switches={switches} />
        ))}
        {SEVERAL.map((several) => (
          <OneOfMany key={several.fault} {...several} faults={faults} switches={switches} />
        ))}
      </div>
      <table className={classes.services}>
        <caption className={classes.caption}>Services</caption>
        <thead>
          <tr>
            <td />
            {OF_SERVICES.map(([fault, name]) => (
              <th key={fault} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {services.map((service) => (
            <tr key={service}>
              <th scope="row">{service}</th>
              {OF_SERVICES.map(([fault, name]) => (
                <td key={fault}>
                  <ServiceSwitch fault={fault} name={`${service}: ${name}`} service={service} switches={switches} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {noSupervisor && <p className={classes.why}>{noSupervisor}</p>}
      <PoisonButtons />
    </section>
  );
}, same);

/** `order: Relay paused` */
function nameOf({ fault, target }: FaultSwitch): string {
  const [, name] = OF_SERVICES.find(([each]) => each === fault) ?? [];
  if (name) return `${target}: ${name}`;
  const [, words] = ALONE.find(([each]) => each === fault) ?? [];
  return words?.name ?? `${SEVERAL.find((each) => each.fault === fault)?.name} ${target}`;
}
