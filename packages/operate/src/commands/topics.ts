import { Command } from 'commander';
import { type TopicFacts, topics } from '../derived.js';
import { printJson } from '../terminal/acting.js';
import { columns } from '../terminal/columns.js';

/** `quadrille topics`: who writes and reads what, from the table. */
export const topicsCommand = new Command('topics')
  .description('print the topics: who writes, who reads, what is on them')
  .option('--json', 'print them as JSON')
  .action(({ json }: { readonly json?: true }) => {
    if (json) printJson(topics());
    else console.log(columns([['topic', 'written by', 'read by groups', 'types'], ...topics().map(cells)]));
  });

const cells = ({ topic, service, groups, types }: TopicFacts): string[] => [
  topic,
  service,
  groups.join(', ') || '–',
  types.join(', ') || 'notices for operators',
];
