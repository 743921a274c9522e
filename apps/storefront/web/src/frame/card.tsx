import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './card.module.css';

interface CardProps {
  /** Above the content; without one, `label` names it for who cannot see it. */
  readonly title?: string;
  readonly label?: string;
  readonly children: ReactNode;
}

/** A part of a page on a surface of its own. */
export const Card = ({ title, label, children }: CardProps) => (
  <section className={classes.card} aria-label={label}>
    {title && (
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
    )}
    {children}
  </section>
);

interface ColumnsProps {
  /** The first takes five eighths. */
  readonly firstWider?: boolean;
  readonly children: ReactNode;
}

/** Two parts beside each other; below each other where there is no room. */
export const Columns = ({ firstWider = false, children }: ColumnsProps) => (
  <div className={classes.columns} data-first-wider={firstWider || undefined}>
    {children}
  </div>
);
