import { readFileSync } from 'node:fs';
import { checkout } from '@quadrille/contracts';
import type { Command } from 'commander';
import { accessRules } from './access-rules.js';
import { asyncapiCommandOf } from './commands/asyncapi.js';
import { auditCommand } from './commands/audit.js';
import { deadLettersCommand } from './commands/dead-letters.js';
import { diagramCommandOf } from './commands/diagram.js';
import { doctorCommand } from './commands/doctor.js';
import { loadCommand } from './commands/load.js';
import { stuckCommand } from './commands/stuck.js';
import { timelineCommand } from './commands/timeline.js';
import { topicsCommandOf } from './commands/topics.js';
import { asyncApiOfShop, topics } from './derived.js';

export { asyncApiOfShop } from './derived.js';

/** What operators need of `npx quadrille`. */
export const operateCommands: readonly Command[] = [
  timelineCommand,
  doctorCommand,
  stuckCommand,
  deadLettersCommand,
  auditCommand,
  loadCommand,
  topicsCommandOf(async () => ({ topics: topics(), accessRules: accessRules() })),
  diagramCommandOf(async () => checkout),
  asyncapiCommandOf(async () => asyncApiOfShop(versionOfShop())),
];

const versionOfShop = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
