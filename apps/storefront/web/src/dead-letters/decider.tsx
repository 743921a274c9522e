import { Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Said } from './letters.js';
import { rememberedOperator } from './operator.js';

const MAX_LETTERS = 500;

/** Who decides, and why: asked before anything is redriven or given up, and kept with each message. */
export interface Decider {
  /** As they are typed. */
  readonly name: string;
  readonly why: string;
  setName(name: string): void;
  setWhy(why: string): void;
  /** As they are kept; undefined until both are said. */
  readonly said: Said | undefined;
}

/** A decision that is being made; it begins with the name of who decided last in this browser. */
export function useDecider(): Decider {
  const [name, setName] = useState(rememberedOperator);
  const [why, setWhy] = useState('');
  const said = { by: name.trim(), reason: why.trim() };
  return { name, why, setName, setWhy, said: said.by && said.reason ? said : undefined };
}

interface DeciderFieldsProps {
  readonly decider: Decider;
  /** Where the reason is kept, in words. */
  readonly kept: string;
}

/** The two fields of every decision. */
export const DeciderFields = ({ decider, kept }: DeciderFieldsProps) => (
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
      description={kept}
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
