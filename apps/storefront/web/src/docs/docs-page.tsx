import { Tabs } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { Page } from '../frame/page.js';
import { ChoreographyDocs } from './choreography-docs.js';
import { EventsDocs } from './events-docs.js';
import { HttpDocs } from './http-docs.js';

const PARTS = [
  ['choreography', 'The choreography', ChoreographyDocs],
  ['events', 'Events (AsyncAPI)', EventsDocs],
  ['http', 'HTTP (OpenAPI)', HttpDocs],
] as const;

/** The generated documentation of the system. */
export default function DocsPage() {
  const [query, setQuery] = useSearchParams();
  const shown = PARTS.find(([name]) => name === query.get('part'))?.[0] ?? 'choreography';
  return (
    <Page
      title="Docs"
      lead="Generated from the table and the contracts that the services are compiled with, so that they cannot disagree."
      wide
    >
      <Tabs value={shown} onChange={(part) => part && setQuery({ part }, { replace: true })} keepMounted={false}>
        <Tabs.List aria-label="Documents">
          {PARTS.map(([name, title]) => (
            <Tabs.Tab key={name} value={name}>
              {title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {PARTS.map(([name, title, Part]) => (
          <Tabs.Panel key={name} value={name} pt="md">
            <h2 className="only-for-screen-readers">{title}</h2>
            <Part />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
