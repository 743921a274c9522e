import { Container, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import classes from './page.module.css';

interface PageProps {
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: ReactNode;
  /** Beside the title: the actions of the page. */
  readonly actions?: ReactNode;
  /** Pages with tables and diagrams use the whole width. */
  readonly wide?: boolean;
  /** The first thing that a new visitor sees. */
  readonly prominent?: boolean;
  readonly children: ReactNode;
}

/** The header of every page. Sets the document's title; moves the focus to the heading after navigation. */
export function Page({ title, lead, actions, wide = false, prominent = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  useEffect(() => {
    document.title = `${title} · Quadrille`;
  }, [title]);
  useEffect(() => {
    // The browser announces the title of the first page itself.
    if (key !== 'default') heading.current?.focus({ preventScroll: true });
  }, [key]);
  return (
    <Container size={wide ? 1440 : 'lg'} py="xl" px={{ base: 'md', sm: 'xl' }}>
      <header className={classes.header} data-prominent={prominent || undefined}>
        <div className={classes.words}>
          <Title order={1} className={classes.title!} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions}
      </header>
      {children}
    </Container>
  );
}
