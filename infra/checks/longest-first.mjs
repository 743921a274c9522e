// Jest's order of the spec files for a fresh clone, which knows no durations: the longest first, so that none of them runs alone at the end.
import { createRequire } from 'node:module';

const jest = createRequire(createRequire(import.meta.url).resolve('jest/package.json'));
const { default: Sequencer } = createRequire(jest.resolve('@jest/core'))('@jest/test-sequencer');

/**
 * The long files, or long for their size, which Jest sorts by. Chaos and the lab mostly wait, so compose starts beside them: all its
 * containers together get as much of a core as one other busy process.
 */
const LONGEST = [
  ...['chaos', 'lab', 'compose', 'installed', 'stage-in-a-browser', 'crash-points', 'start', 'crashes'].map(asE2e),
  ...['ends-everything', 'accessible-pages', 'shop-in-a-browser', 'develop', 'operate', 'identity'].map(asE2e),
  ...['bad-messages', 'quick', 'audit', 'endings-in-containers', 'endings', 'watched'].map(asE2e),
  ...['audit-reads-anything', 'add-a-service', 'add-a-step', 'tutorial', 'promtool', 'audit-many-orders'].map(asInt),
  ...['audit-retention', 'usage', 'output', 'reference'].map(asInt),
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}

/** The place in the list; all others share the last one. */
function rank({ path }) {
  const at = LONGEST.findIndex((end) => path.endsWith(end));
  return at === -1 ? LONGEST.length : at;
}

function asE2e(name) {
  return `/${name}.e2e.spec.ts`;
}

function asInt(name) {
  return `/${name}.int.spec.ts`;
}
