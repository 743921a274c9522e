import type { AccessRule } from '@quadrille/choreography';
import { Command } from 'commander';
import { accessRulesAsCommands } from '../access-rules-as-commands.js';
import { printJson } from '../terminal/acting.js';
import type { TopicFacts } from '../topic-facts.js';

/** The topics of a system, and the rights that each of its services needs on them. */
export interface Topics {
  readonly topics: readonly TopicFacts[];
  readonly accessRules: readonly AccessRule[];
}

/** `quadrille topics`: the writer and the readers of each topic, from the table. */
export const topicsCommandOf = (read: () => Promise<Topics>): Command =>
  new Command('topics')
    .description('print the topics: writer, readers, event types')
    .option('--acls', 'print instead the least rights of each service, as commands of kafka-acls.sh')
    .option('--json', 'print them as JSON')
    .action(async ({ acls, json }: { readonly acls?: true; readonly json?: true }) => {
      const { topics, accessRules } = await read();
      if (json) printJson(acls ? accessRules : topics);
      else if (acls) console.log(accessRulesAsCommands(accessRules).join('\n'));
      else console.log(columns([['topic', 'written by', 'read by', 'content'], ...topics.flatMap(lines)]));
    });

/** One line per type or reader, as many as the longer list has. */
function lines({ topic, services, groups, types }: TopicFacts): string[][] {
  const what = types.length > 0 ? types : ['notices for operators'];
  const readers = groups.length > 0 ? groups : ['–'];
  return Array.from({ length: Math.max(what.length, readers.length) }, (_, line) => [
    ...(line === 0 ? [topic, services.join(', ')] : ['', '']),
    ...[readers[line] ?? '', what[line] ?? ''],
  ]);
}

/** Aligns columns to their widest cell; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
