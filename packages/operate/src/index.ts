import type { Command } from 'commander';
import { asyncapiCommand } from './commands/asyncapi.js';
import { auditCommand } from './commands/audit.js';
import { deadLettersCommand } from './commands/dead-letters.js';
import { diagramCommand } from './commands/diagram.js';
import { doctorCommand } from './commands/doctor.js';
import { loadCommand } from './commands/load.js';
import { stuckCommand } from './commands/stuck.js';
import { timelineCommand } from './commands/timeline.js';
import { topicsCommand } from './commands/topics.js';

export { asyncApiOfShop } from './derived.js';

/** What operators need of `npx quadrille`. */
export const operateCommands: readonly Command[] = [
  timelineCommand,
  doctorCommand,
  stuckCommand,
  deadLettersCommand,
  auditCommand,
  loadCommand,
  topicsCommand,
  diagramCommand,
  asyncapiCommand,
];
