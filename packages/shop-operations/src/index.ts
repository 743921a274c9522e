import { readFileSync } from 'node:fs';
import { asyncapiCommandOf } from '@quadrille/operate/commands/describe';
import { topicsCommandOf } from '@quadrille/operate/commands/topics';
import type { Command } from 'commander';
import { accessRules } from './access-rules.js';
import { auditCommand } from './commands/audit.js';
import { deadLettersCommand } from './commands/dead-letters.js';
import { doctorCommand } from './commands/doctor.js';
import { eraseCommand } from './commands/erase.js';
import { loadCommand } from './commands/load.js';
import { rewrapCommand } from './commands/rewrap.js';
import { stuckCommand } from './commands/stuck.js';
import { timelineCommand } from './commands/timeline.js';
import { tokenCommand } from './commands/token.js';
import { asyncApiOfShop, topics } from './derived.js';

export { asyncApiOfShop } from './derived.js';

/** The commands of `npx quadrille` for a running shop. */
export const operateCommands: readonly Command[] = [
  timelineCommand,
  doctorCommand,
  stuckCommand,
  deadLettersCommand,
  auditCommand,
  loadCommand,
  tokenCommand,
  eraseCommand,
  rewrapCommand,
  topicsCommandOf(async () => ({ topics: topics(), accessRules: accessRules() })),
  asyncapiCommandOf(async () => asyncApiOfShop(versionOfShop())),
];

const versionOfShop = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
