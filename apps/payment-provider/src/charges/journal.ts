import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BootProblem } from '../environment.js';
import type { Charge } from './charge.js';

const NEWLINE = 0x0a;

/**
 * The provider's memory: a line of JSON for every state a charge ever had, appended and synced before anybody is answered.
 * What was promised therefore survives a crash of the process and of the machine.
 */
export class Journal {
  private lines: string[] = [];
  private writing: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;

  private constructor(private readonly file: FileHandle) {}

  /** Opens the journal of a folder and hands every charge to `remember`, in the order they were written. */
  static async open(folder: string, remember: (charge: Charge) => void): Promise<Journal> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'charges.jsonl');
    const file = await open(path, 'a+');
    const written = await readFile(path);
    // A crash can leave half a line behind. Nobody was answered for it.
    const whole = written.lastIndexOf(NEWLINE) + 1;
    if (whole < written.length) await file.truncate(whole);
    const lines = written.subarray(0, whole).toString().split('\n').slice(0, -1);
    for (const [nth, line] of lines.entries()) remember(read(line, `${path}:${nth + 1}`));
    await syncFolder(folder);
    return new Journal(file);
  }

  append(charge: Charge): void {
    this.lines.push(`${JSON.stringify(charge)}\n`);
  }

  /** Resolves when everything appended so far is on the disk. Callers that wait at the same time share a sync. */
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
      `The journal is damaged at ${place}. Restore it, or set PROVIDER_DATA_DIR to another folder.`,
    );
  }
}

/** A new file is only there after a crash if its folder was synced, too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync();
  await handle.close();
}
