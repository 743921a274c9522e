import { type FSWatcher, readdirSync, statSync, utimesSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Child, startChild } from '../process/child.js';
import { plainShell } from '../process/shell.js';

/** Further events of the same save come within this time, in ms. */
const SAVED_WITHIN_MS = 50;
const STOP_WITHIN_MS = 10_000;

/**
 * Compiles a service and its packages whenever a source file is saved, from the call on. `tsc --watch` misses files that are saved
 * in the first seconds after it reports that it watches. `print` gets the lines of the compiler.
 */
export class CompileOnSave {
  readonly #sources: string[];
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #arguments: string[];
  #compiler: Promise<Child> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isDue = false;
  #isOver = false;

  constructor(
    private readonly root: string,
    service: string,
    private readonly print: (line: string) => void,
  ) {
    this.#arguments = [join(root, 'node_modules/typescript/bin/tsc'), '-b', join(root, 'apps', service)];
    const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
    this.#sources = [join('apps', service), ...packages].map((folder) => join(root, folder, 'src'));
    this.#watch();
    void this.#compile();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    await (await this.#compiler)?.end(STOP_WITHIN_MS);
  }

  /** Watches folders, not files: many editors save a file by replacing it. */
  #watch(): void {
    const folders = new Set(this.#sources.flatMap(foldersIn));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue;
      const watcher = watch(folder, () => this.#saved());
      // Windows reports a deleted folder as an error.
      watcher.on('error', () => this.#saved());
      this.#watchers.set(folder, watcher);
    }
  }

  #saved(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      try {
        // Folders may be new.
        this.#watch();
      } catch {
        // A folder was deleted in between, as by a checkout of another branch.
        return this.#saved();
      }
      void this.#compile();
    }, SAVED_WITHIN_MS);
  }

  /**
   * The compiler compares the time of a source file with that of its own state, which it writes last. A file that was saved after it had
   * been read would count as compiled.
   */
  #dateBack(startedAt: Date): void {
    for (const source of this.#sources) {
      const state = join(dirname(source), 'dist/.tsbuildinfo');
      const found = statSync(state, { throwIfNoEntry: false });
      if (found && found.mtime > startedAt) utimesSync(state, startedAt, startedAt);
    }
  }

  async #compile(): Promise<void> {
    this.#isDue = true;
    if (this.#compiler) return;
    while (this.#isDue && !this.#isOver) {
      this.#isDue = false;
      const startedAt = new Date();
      this.#compiler = startChild(process.execPath, this.#arguments, {
        cwd: this.root,
        env: plainShell(),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { process: compiler, exited } = await this.#compiler;
      for await (const line of createInterface({ input: compiler.stdout! })) this.print(line);
      const { code } = await exited;
      this.#dateBack(startedAt);
      if (code === 0) this.print('compiled');
    }
    this.#compiler = undefined;
  }
}

function foldersIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return [folder, ...entries.flatMap((each) => (each.isDirectory() ? join(each.parentPath, each.name) : []))];
}
