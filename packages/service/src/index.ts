export { type CommandOptions, type CommandOutcome, Commands } from './commands.js';
export { defineService, type Kept, keep, type RetentionRule, type ServiceDefinition } from './definition.js';
export { idNamed, newId } from './ids.js';
export type { Input, Outcome } from './input.js';
export { type Guard, type GuardLimits, type GuardState, guarded, OutsideUnavailable } from './outside.js';
export { Problem } from './problem.js';
