import { Accordion, Anchor, Badge, SegmentedControl, Skeleton, Title } from '@mantine/core';
import { SERVICES, type ServiceName } from '@quadrille/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { request, urlOf } from '../api/request.js';
import { UnavailableNotice } from '../api/unavailable-notice.js';
import classes from './docs.module.css';
import type { OpenApi } from './open-api.js';
import { OperationDocs } from './operation-docs.js';

/** The OpenAPI document of each service. */
export function HttpDocs() {
  const [service, choose] = useState<ServiceName>('order');
  const { data, failureReason } = useQuery({
    queryKey: ['openapi', service],
    queryFn: ({ signal }) => request<OpenApi>(service, '/openapi.json', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <div className={classes.choice}>
        <SegmentedControl
          aria-label="ServiceName"
          value={service}
          onChange={(value) => choose(value as ServiceName)}
          data={SERVICES.map((value) => ({ value, label: value }))}
        />
      </div>
      <UnavailableNotice what={`The document of ${service}`} failure={failureReason} />
      {!data && !failureReason && <Skeleton height={240} mt="md" />}
      {data && <Paths service={service} document={data} />}
    </>
  );
}

function Paths({ service, document }: { readonly service: ServiceName; readonly document: OpenApi }) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'other'))];
  return (
    <>
      <p className={classes.text}>
        {document.info.description}{' '}
        <Anchor href={urlOf(service, '/openapi.json')} target="_blank">
          OpenAPI 3.1 (JSON)
        </Anchor>
      </p>
      {tags.map((tag) => (
        <section key={tag} className={classes.section}>
          <Title order={3} size="h4">
            {tag}
          </Title>
          <Accordion variant="contained" mt="sm" chevronPosition="left">
            {operations
              .filter(({ operation }) => (operation.tags?.[0] ?? 'other') === tag)
              .map(({ path, method, operation }) => (
                <Accordion.Item key={`${method} ${path}`} value={`${method} ${path}`}>
                  <Accordion.Control>
                    <span className={classes.operation}>
                      <Badge
                        variant="light"
                        color={method === 'get' ? 'gray' : 'accent'}
                        radius="sm"
                        w={58}
                        component="span"
                      >
                        {method}
                      </Badge>
                      <code className={classes.path}>{path}</code>
                      <span className={classes.quiet}>{operation.summary}</span>
                    </span>
                  </Accordion.Control>
                  <Accordion.Panel>
                    <OperationDocs operation={operation} />
                  </Accordion.Panel>
                </Accordion.Item>
              ))}
          </Accordion>
        </section>
      ))}
    </>
  );
}
