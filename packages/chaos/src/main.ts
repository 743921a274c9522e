import { leaveShell } from '@quadrille/local';
import { chaos } from './chaos.js';
import { HELP, readOptions } from './options.js';
import { draw } from './report/draw.js';

/** npm run chaos. Sets the exit code: 1 if a promise is broken or the system does not recover, 2 for invalid options. */
export async function main(args: readonly string[]): Promise<void> {
  leaveShell();
  let asked: ReturnType<typeof readOptions>;
  try {
    asked = readOptions(args);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
    return;
  }
  if (asked.help) return console.log(HELP);
  const { json, logs } = asked;
  const say = (line: string) => (json ? console.error(line) : console.log(line));
  const report = await chaos({
    ...asked,
    say,
    ...(logs && { onLine: (instance, line) => console.error(`${instance.padEnd(18)} ${line}`) }),
  });
  console.log(json ? JSON.stringify(report, null, 2) : `\n${draw(report)}`);
  if (!report.sound) process.exitCode = 1;
}
