import { accessRulesOf, asyncApi, type Choreography, servicesOf } from '@quadrille/choreography';
import type { Command } from 'commander';
import { asyncapiCommandOf } from './commands/asyncapi.js';
import { diagramCommandOf } from './commands/diagram.js';
import { type Topics, topicsCommandOf } from './commands/topics.js';
import { topicFacts } from './topic-facts.js';

/** The version of a choreography is not known; a document must name one. */
const UNVERSIONED = '0.0.0';

/** What can be derived from any choreography, of `npx quadrille`. Loads nothing of the shop. */
export const choreographyDocumentCommands = (read: () => Promise<Choreography>): readonly Command[] => [
  topicsCommandOf(async () => topicsOf(await read())),
  diagramCommandOf(read),
  asyncapiCommandOf(async () => documentOf(await read())),
];

const topicsOf = ({ system, rows }: Choreography): Topics => ({
  topics: topicFacts({ system, rows }),
  accessRules: servicesOf(rows).flatMap((service) => accessRulesOf(system, rows, service)),
});

const documentOf = ({ system, rows }: Choreography): Record<string, unknown> =>
  asyncApi(system, rows, {
    title: system,
    version: UNVERSIONED,
    description: `The services of ${system} drive and compensate each saga by these events alone.`,
  });
