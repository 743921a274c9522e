import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './card.module.css';

interface CardProps {
  /** Above the content; without one, `label` is its accessible name. */
  readonly title?: string;
  readonly label?: string;
  readonly children: ReactNode;
}

/** A part of a page on its own surface. */
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
  /** The first column takes five eighths. */
  readonly firstWider?: boolean;
  readonly children: ReactNode;
}

/** Two parts side by side; stacked on narrow screens. */
export const Columns = ({ firstWider = false, children }: ColumnsProps) => (
  <div className={classes.columns} data-first-wider={firstWider || undefined}>
    {children}
  </div>
);
