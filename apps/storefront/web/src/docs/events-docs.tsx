import { Accordion, Anchor, Badge, Title } from '@mantine/core';
import { asyncApi } from '@quadrille/choreography';
import { checkout, shop } from '@quadrille/contracts';
import { useMemo } from 'react';
import classes from './docs.module.css';
import type { JsonSchema } from './schema.js';
import { SchemaTable } from './schema-table.js';

/** The part of AsyncAPI 3 that our document uses. */
interface AsyncApi {
  readonly info: { readonly title: string; readonly description: string };
  readonly channels: Readonly<
    Record<
      string,
      { readonly address: string; readonly description: string; readonly messages: Readonly<Record<string, unknown>> }
    >
  >;
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly action: 'send' | 'receive';
        readonly title: string;
        readonly messages: readonly { readonly $ref: string }[];
      }
    >
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly name: string; readonly payload: JsonSchema }>>;
    readonly schemas: { readonly CloudEventHeaders: JsonSchema };
  };
}

const INFO = {
  title: 'Quadrille shop',
  version: '0.1.0',
  description: 'Order, payment, inventory and shipping drive and compensate the checkout by these events alone.',
};

/** Every event on every topic: the AsyncAPI document, generated from the contracts that the services are compiled with. */
export function EventsDocs() {
  const document = useMemo(() => asyncApi(checkout, shop, INFO) as unknown as AsyncApi, []);
  const download = useMemo(
    () => `data:application/json,${encodeURIComponent(JSON.stringify(document, null, 2))}`,
    [document],
  );
  return (
    <>
      <p className={classes.text}>
        {document.info.description} Records are CloudEvents 1.0 in Kafka’s binary mode: the attributes are headers, the
        data are JSON.{' '}
        <Anchor href={download} download="asyncapi.json">
          Download the AsyncAPI 3 document (JSON)
        </Anchor>
      </p>
      {Object.entries(document.channels).map(([service, channel]) => (
        <section key={service} className={classes.section}>
          <Title order={3} size="h4">
            <code>{channel.address}</code>
          </Title>
          <p className={classes.quiet}>{channel.description}</p>
          <Accordion variant="contained" mt="sm" chevronPosition="left">
            {Object.keys(channel.messages).map((event) => (
              <Accordion.Item key={event} value={event}>
                <Accordion.Control>
                  <span className={classes.eventName}>{event}</span>{' '}
                  <code className={classes.quiet}>{document.components.messages[event]!.name}</code>
                </Accordion.Control>
                <Accordion.Panel>
                  <Parties document={document} event={event} />
                  <SchemaTable schema={document.components.messages[event]!.payload} what={`Data of ${event}`} />
                </Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        </section>
      ))}
      <section className={classes.section}>
        <Title order={3} size="h4">
          Headers of every event
        </Title>
        <SchemaTable schema={document.components.schemas.CloudEventHeaders} what="Headers of every event" />
      </section>
    </>
  );
}

function Parties({ document, event }: { readonly document: AsyncApi; readonly event: string }) {
  const who = (action: 'send' | 'receive') =>
    Object.values(document.operations)
      .filter(
        (operation) => operation.action === action && operation.messages.some(({ $ref }) => $ref.endsWith(`/${event}`)),
      )
      .map(({ title }) => title);
  return (
    <div className={classes.parties}>
      <Badge variant="light" color="accent" tt="none">
        emitted by
      </Badge>{' '}
      {who('send').join(', ')}
      {who('receive').length > 0 && (
        <>
          {' '}
          <Badge variant="light" color="gray" tt="none">
            handled by
          </Badge>{' '}
          {who('receive').join(', ')}
        </>
      )}
    </div>
  );
}
