import { accessRulesOf, asyncApi, type Choreography, type QuadrilleConfig, servicesOf } from '@quadrille/choreography';
import type { Command } from 'commander';
import { auditCommandOf } from './commands/audit.js';
import { asyncapiCommandOf, diagramCommandOf } from './commands/describe.js';
import { doctorCommandOf } from './commands/doctor.js';
import { liveCommandOf } from './commands/live.js';
import { timelineCommandOf } from './commands/timeline.js';
import { type Topics, topicsCommandOf } from './commands/topics.js';
import { topicFacts } from './topic-facts.js';

/** A configuration has no version, but a document needs one. */
const UNVERSIONED = '0.0.0';

/** The commands of `npx quadrille` about any choreography. It is read when one of them runs. */
export const operateCommands = (read: () => Promise<QuadrilleConfig>): readonly Command[] => [
  doctorCommandOf(read),
  timelineCommandOf(read),
  liveCommandOf(read),
  auditCommandOf(read),
  topicsCommandOf(async () => topicsOf((await read()).choreography)),
  diagramCommandOf(async () => (await read()).choreography),
  asyncapiCommandOf(async () => documentOf(await read())),
];

const topicsOf = (choreography: Choreography): Topics => ({
  topics: topicFacts(choreography, choreography.rows),
  accessRules: servicesOf(choreography.rows).flatMap((service) =>
    accessRulesOf(choreography, choreography.rows, service),
  ),
});

const documentOf = ({ choreography, wire }: QuadrilleConfig): Record<string, unknown> => {
  const description = `The services of ${choreography.system} drive and compensate each saga by these events alone.`;
  const facts = { title: choreography.system, version: UNVERSIONED, description };
  return asyncApi(choreography, choreography.rows, facts, wire);
};
