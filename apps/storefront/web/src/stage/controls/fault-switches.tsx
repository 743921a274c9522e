import { Select, Switch, Tooltip, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { FaultName, FaultSwitch } from '../../../../src/stage/snapshot.js';
import { sentence } from '../../ui/format.js';
import classes from './panel.module.css';
import type { Switches } from './use-switches.js';

/** The effect of a switch, and its visible result. */
export interface Words {
  readonly name: string;
  readonly see: string;
}

interface RowProps {
  readonly fault: FaultName;
  readonly words: Words;
  readonly switches: Switches;
}

/** A fault with a single target. */
export function FaultSwitchRow({ fault, words, switches }: RowProps) {
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

/** A fault with one active target at a time; others stay on, which the list shows. */
export function OneOfMany({ fault, name, see, faults, switches, first }: OneOfManyProps) {
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

/** In the table of services; a service without the switch has a dash. */
export function ServiceSwitch({ fault, name, service, switches }: ServiceSwitchProps) {
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
