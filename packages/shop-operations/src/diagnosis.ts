export { diagnose, isTroubled } from './diagnose/diagnose.js';
export type { Diagnosis, Facts, Finding, Part, ServiceFacts } from './diagnose/facts.js';
