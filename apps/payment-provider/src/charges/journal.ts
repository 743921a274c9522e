import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootProblem } from '../environment.js';
import type { Charge } from './charge.js';

const NEWLINE = 0x0a;

/**
 * The durable log of charges: one line of JSON per state of a charge, appended and synced before the answer is sent.
 * Answers therefore stay valid after a crash of the process or the machine.
 */
export class Journal {
  private lines: string[] = [];
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  /** Opens the journal of a folder and passes every charge to `remember`, in write order. */
  static async open(folder: string, apply: (charge: Charge) => void): Promise<Journal> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'charges.jsonl');
    const file = await open(path, 'a+');
    const written = await readFile(path);
    // A crash can leave a partial line. Its request was not answered.
    const whole = written.lastIndexOf(NEWLINE) + 1;
    if (whole < written.length) await file.truncate(whole);
    const lines = written.subarray(0, whole).toString().split('\n').slice(0, -1);
    for (const [nth, line] of lines.entries()) apply(read(line, `${path}:${nth + 1}`));
    await syncFolder(folder);
    return new Journal(file);
  }

  append(charge: Charge): void {
    this.lines.push(`${JSON.stringify(charge)}\n`);
  }

  /** Resolves once all appended lines are on disk. Concurrent callers share a sync. */
  settled(): Promise<void> {
    if (this.lines.length === 0) return this.writing;
    this.next ??= this.writing.then(() => this.write());
    return this.next;
  }

  async close(): Promise<void> {
    await this.settled();
    await this.file.close();
  }

  private async write(): Promise<void> {
    const text = this.lines.join('');
    this.lines = [];
    this.writing = this.next!;
    this.next = undefined;
    await this.file.appendFile(text);
    await this.file.datasync();
  }
}

function read(line: string, place: string): Charge {
  try {
    return JSON.parse(line) as Charge;
  } catch {
    throw new BootProblem(
      `The journal is corrupt at ${place}. Restore it, or set PROVIDER_DATA_DIR to another folder.`,
    );
  }
}

/** Without a sync of its folder, a new file may be missing after a crash. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}
