import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APP = fileURLToPath(new URL('../../../payment-provider', import.meta.url));

/** The simulated provider as a separate process, on a port and folder that stay the same across restarts. */
export class ProviderProcess {
  child: ChildProcess | undefined;

  constructor(
    private readonly port: number,
    private readonly folder: string,
  ) {}

  /** Builds the app; fast if nothing changed. */
  static build(): void {
    const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
    execFileSync(process.execPath, [join(typescript, 'bin/tsc'), '-b', APP]);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = fork(join(APP, 'dist/main.js'), {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        PORT: String(this.port),
        PROVIDER_DATA_DIR: this.folder,
        QUADRILLE_DEMO: '1',
        QUADRILLE_PARENT_WATCH: '1',
      },
      silent: true,
      execArgv: [],
    });
    this.child = child;
    let output = '';
    child.stderr?.on('data', (text) => {
      output += text;
    });
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`The provider exited with ${code}: ${output}`);
    });
    // The process ends after every spec; only an exit before it listens is a failure.
    failed.catch(() => {});
    await Promise.race([once(child.stdout!, 'data'), failed]);
  }

  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  /** The provider's charge of a reference. */
  async charge(reference: string): Promise<any> {
    return (await fetch(`${this.url}/charges/${reference}`)).json();
  }

  /** Injects faults; an empty object removes them. */
  async misbehave(settings: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.url}/faults`, { method: 'PUT', headers, body: JSON.stringify(settings) });
    await answer.text();
  }
}
