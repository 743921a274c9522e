import { Anchor, Text } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './nothing-here.module.css';

interface NothingHereProps {
  /** The good news. */
  readonly title: string;
  /** How to produce an entry. */
  readonly children: ReactNode;
}

/** A list that is empty because all is well. */
export const NothingHere = ({ title, children }: NothingHereProps) => (
  <div className={classes.nothing} role="status">
    <IconChecks size={30} aria-hidden className={classes.good} />
    <Text fw={600}>{title}</Text>
    <Text size="sm" c="dimmed" maw="46ch" ta="center">
      {children}
    </Text>
  </div>
);

/** The link to the page that injects faults. */
export const StageLink = () => (
  <Anchor component={Link} to="/stage" size="sm">
    stage
  </Anchor>
);
