import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The oldest supported Java. */
export const OLDEST_JAVA = 17;

/** A Java that can run the broker. version: its full version output. */
export type Java = { command: string; version: string };

/** The Java of JAVA_HOME or of the PATH; undefined if none is new enough. */
export function findJava(): Java | undefined {
  const home = process.env.JAVA_HOME;
  const commands = [...(home ? [join(home, 'bin/java')] : []), 'java'];
  return commands.map(javaAt).find((java) => java !== undefined);
}

function javaAt(command: string): Java | undefined {
  const { status, stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(stderr ?? '')?.[1]);
  return status === 0 && major >= OLDEST_JAVA ? { command, version: stderr } : undefined;
}
