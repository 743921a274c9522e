import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { OperatorDecision } from './letters.js';
import { rememberedOperator } from './operator.js';

const MAX_LETTERS = 500;

/** The operator and the reason of a decision: required before every redrive or discard, and stored with each message. */
export interface Decider {
  /** As entered. */
  readonly name: string;
  readonly why: string;
  setName(name: string): void;
  setWhy(why: string): void;
  /** As stored; undefined until both are entered. */
  readonly decision: OperatorDecision | undefined;
}

/** The state of a decision; the name is that of the last decision in this browser. */
export function useDecider(): Decider {
  const [name, setName] = useState(rememberedOperator);
  const [why, setWhy] = useState('');
  const decision = { by: name.trim(), reason: why.trim() };
  return { name, why, setName, setWhy, decision: decision.by && decision.reason ? decision : undefined };
}

interface DeciderFieldsProps {
  readonly decider: Decider;
  /** The place where the reason is stored, as text. */
  readonly whereStored: string;
}

/** The two fields of every decision. */
export const DeciderFields = ({ decider, whereStored }: DeciderFieldsProps) => (
  <>
    <TextInput
      label="Who decides"
      required
      maxLength={MAX_LETTERS}
      value={decider.name}
      onChange={({ currentTarget }) => decider.setName(currentTarget.value)}
    />
    <Textarea
      label="Why"
      description={whereStored}
      required
      autosize
      minRows={2}
      maxLength={MAX_LETTERS}
      mt="xs"
      value={decider.why}
      onChange={({ currentTarget }) => decider.setWhy(currentTarget.value)}
    />
  </>
);
