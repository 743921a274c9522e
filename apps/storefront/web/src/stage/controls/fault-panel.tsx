import { Alert, Button, Group, Select, Switch, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { FaultName, FaultSwitch } from '../../../../src/stage/snapshot.js';
import { sentence } from '../../look/words.js';
import { GarbageButtons } from './garbage-buttons.js';
import classes from './panel.module.css';
import { type Switches, useSwitches } from './use-switches.js';

/** What a switch does, and what one will see. */
interface Words {
  readonly name: string;
  readonly see: string;
}

const ALONE: readonly (readonly [FaultName, Words])[] = [
  ['declined-cards', { name: 'Decline every card', see: 'PaymentFailed: orders by card are cancelled at once' }],
  ['slow-provider', { name: 'Make the card provider slow', see: 'orders by card take longer, the others do not' }],
  ['provider-down', { name: 'Switch the card provider off', see: 'orders by card wait, and go on when it is back' }],
  [
    'undeliverable',
    { name: 'Half of the orders go to Antarctica', see: 'ShipmentFailed: stock and money are given back' },
  ],
];

const OF_SERVICES: readonly (readonly [FaultName, string])[] = [
  ['stopped-service', 'Stopped'],
  ['paused-relay', 'Relay paused'],
  ['held-consumer', 'Hears nothing'],
];

/** Everything one can let go wrong, and one button that mends it all. */
export function FaultPanel({ faults }: { readonly faults: readonly FaultSwitch[] }) {
  const switches = useSwitches(faults);
  const on = faults.filter((each) => each.on).length;
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
          {on === 0 ? 'No fault is on' : `Lift ${on === 1 ? 'the fault' : `all ${on} faults`}`}
        </Button>
      </Group>
      {switches.problem && (
        <Alert color="undo" mt="sm" role="alert">
          {switches.problem}
        </Alert>
      )}
      <div className={classes.switches}>
        {ALONE.map(([fault, words]) => (
          <FaultSwitchRow key={fault} fault={fault} words={words} switches={switches} />
        ))}
      </div>
      <OneOfMany
        fault="empty-shelf"
        name="Buy up the shelf of"
        see="a collector orders all there is; later orders: out of stock"
        faults={faults}
        switches={switches}
        first="TEAPOT"
      />
      <OneOfMany
        fault="failing-step"
        name="Put a bug into"
        see="after five attempts its messages are dead letters; mended, they can be redriven"
        faults={faults}
        switches={switches}
        first="create-shipment"
      />
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
      <GarbageButtons />
    </section>
  );
}

interface RowProps {
  readonly fault: FaultName;
  readonly words: Words;
  readonly switches: Switches;
}

function FaultSwitchRow({ fault, words, switches }: RowProps) {
  const known = switches.find(fault);
  return (
    <Switch
      color="undo"
      label={words.name}
      description={known?.unavailable ?? words.see}
      checked={known?.on ?? false}
      disabled={!known || known.unavailable !== null}
      onChange={({ currentTarget }) => switches.set(fault, null, currentTarget.checked)}
    />
  );
}

interface OneOfManyProps {
  readonly fault: FaultName;
  readonly name: string;
  readonly see: string;
  readonly faults: readonly FaultSwitch[];
  readonly switches: Switches;
  readonly first: string;
}

/** One of several targets at a time; the others keep what they are, and say so in the list. */
function OneOfMany({ fault, name, see, faults, switches, first }: OneOfManyProps) {
  const targets = faults.flatMap((each) => (each.fault === fault ? [each.target!] : []));
  const [chosen, choose] = useState<string>();
  const target = chosen ?? faults.find((each) => each.fault === fault && each.on)?.target ?? first;
  const known = switches.find(fault, target);
  return (
    <div className={classes.choice}>
      <Switch
        color="undo"
        label={name}
        aria-label={`${name} ${target}`}
        description={known?.unavailable ?? (known?.doing ? sentence(known.doing) : see)}
        checked={(known?.on ?? false) || known?.doing != null}
        disabled={!known || known.unavailable !== null}
        onChange={({ currentTarget }) => switches.set(fault, target, currentTarget.checked)}
      />
      <Select
        size="xs"
        className={classes.which!}
        aria-label={`${name}: which`}
        value={target}
        data={targets.map((each) => ({
          value: each,
          label: switches.find(fault, each)?.on ? `${each} (on)` : each,
        }))}
        onChange={(value) => choose(value ?? undefined)}
        allowDeselect={false}
        comboboxProps={{ withinPortal: true }}
      />
    </div>
  );
}

interface ServiceSwitchProps {
  readonly fault: FaultName;
  readonly name: string;
  readonly service: string;
  readonly switches: Switches;
}

function ServiceSwitch({ fault, name, service, switches }: ServiceSwitchProps) {
  const known = switches.find(fault, service);
  if (!known) return <span aria-hidden="true">–</span>;
  const why = known.unavailable ?? known.doing;
  return (
    <Tooltip label={why} disabled={!why}>
      <span>
        <Switch
          size="sm"
          color="undo"
          aria-label={why ? `${name} (${why})` : name}
          checked={known.doing === 'stopping' || known.on}
          disabled={known.unavailable !== null || known.doing !== null}
          onChange={({ currentTarget }) => switches.set(fault, service, currentTarget.checked)}
        />
        {known.doing && <VisuallyHidden role="status">{`${service} is ${known.doing}`}</VisuallyHidden>}
      </span>
    </Tooltip>
  );
}
