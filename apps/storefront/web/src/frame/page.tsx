import { Container, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

interface PageProps {
  readonly title: string;
  /** One sentence below the title. */
  readonly lead?: ReactNode;
  /** Beside the title: what one can do here. */
  readonly actions?: ReactNode;
  /** Pages with tables and diagrams take the whole width. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** What every page begins with. Names the document; moves the focus to the title when one came from another page. */
export function Page({ title, lead, actions, wide = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  useEffect(() => {
    document.title = `${title} · Quadrille`;
  }, [title]);
  useEffect(() => {
    // The first page is loaded by the browser, which says its title by itself.
    if (key !== 'default') heading.current?.focus({ preventScroll: true });
  }, [key]);
  return (
    <Container size={wide ? 1440 : 'lg'} py="xl" px={{ base: 'md', sm: 'xl' }}>
      <header
        style={{ display: 'flex', flexWrap: 'wrap', gap: '1rem', alignItems: 'flex-end', marginBottom: '1.75rem' }}
      >
        <div style={{ flex: '1 1 20rem' }}>
          <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ outline: 'none' }}>
            {title}
          </Title>
          {lead && (
            <Text c="dimmed" maw="65ch" mt={4}>
              {lead}
            </Text>
          )}
        </div>
        {actions}
      </header>
      {children}
    </Container>
  );
}
