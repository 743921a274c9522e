import { setTimeout as pause } from 'node:timers/promises';
import { type Fault, SLOW_MS } from './faults.js';
import { preparedBefore, until } from './in-doubt.js';
import { COORDINATORS } from './lab-system.js';
import { atWorstCrashPoint, COMBINED_CRASH_POINTS, type CrashPointContext } from './worst-crash-point.js';

/** A broker of ours. */
export interface Broker {
  kill(): void;
  bringBack(): Promise<void>;
}

export interface FaultContext extends CrashPointContext {
  /** Whether the protocol claims that no lock waits for a coordinator. The fault then lasts until the locks from before it are released. */
  readonly mustRelease: boolean;
  /** The brokers of the decision log, where they can be killed. */
  readonly brokers: readonly Broker[];
  readonly print: (line: string) => void;
}

/** A fault that was injected and repaired. */
export interface InjectedFault {
  /** Its start and its end in epoch milliseconds. The repair begins at its end. */
  readonly from: number;
  readonly to: number;
  /** Transactions prepared before its start whose locks were still held at its end. */
  readonly blocked: number;
}

/** The longest extension of a fault for a slow machine. */
const RELEASED_WITHIN_MS = 60_000;

const waited = ({ blocked }: InjectedFault): string =>
  blocked > 0 ? `; ${blocked} prepared transactions waited for it` : '; no prepared transaction waited for it';

/** Injects a fault, waits and repairs. Resolves after the repair. */
export async function inject(fault: Fault, durationMs: number, context: FaultContext): Promise<InjectedFault> {
  const { lab, databases, print } = context;
  const began = Date.now();
  const lasts = async (): Promise<InjectedFault> => {
    const from = Date.now();
    await pause(durationMs);
    // While PostgreSQL is down, no lock can be looked at. Prepared transactions survive it.
    if (fault === 'databases-die') return { from, to: Date.now(), blocked: 0 };
    const blocked = () => preparedBefore(databases, from);
    if (context.mustRelease) await until(async () => (await blocked()) === 0, RELEASED_WITHIN_MS);
    return { from, to: Date.now(), blocked: await blocked() };
  };
  switch (fault) {
    case 'none':
      return { from: began, to: began, blocked: 0 };
    case 'outside':
      print('cards; a third of the parcels goes to a country that is not served');
      return lasts();
    case 'slow': {
      lab.slow(SLOW_MS);
      print(`${SLOW_MS} ms each way on every link`);
      const injected = await lasts();
      lab.heal();
      print('the links are fast again');
      return injected;
    }
    case 'brokers-die': {
      const two = context.brokers.slice(0, 2);
      for (const each of two) each.kill();
      print('two of three brokers die');
      await until(async () => (await preparedBefore(databases, Date.now())) > 0, RELEASED_WITHIN_MS);
      const injected = await lasts();
      await Promise.all(two.map((each) => each.bringBack()));
      print('the brokers are back');
      return injected;
    }
    case 'driver-dies':
    case 'driver-dies,half-committed':
    case 'driver-dies,partition': {
      const crashPoint = COMBINED_CRASH_POINTS[fault] ?? context.crashPoint;
      const driver = lab.processes.get(COORDINATORS[0])!;
      await atWorstCrashPoint({ ...context, crashPoint }, () => driver.kill('SIGKILL'));
      print(`${COORDINATORS[0]} killed at '${crashPoint.name}': ${crashPoint.state}`);
      const injected = await lasts();
      lab.heal();
      await driver.restart();
      print(`${COORDINATORS[0]} restarted${waited(injected)}`);
      return injected;
    }
    case 'driver-stops': {
      const { pid } = lab.processes.get(COORDINATORS[0])!;
      await atWorstCrashPoint(context, async () => void process.kill(-pid, 'SIGSTOP'));
      print(`${COORDINATORS[0]} paused at '${context.crashPoint.name}': ${context.crashPoint.state}`);
      const injected = await lasts();
      process.kill(-pid, 'SIGCONT');
      print(`${COORDINATORS[0]} resumed${waited(injected)}`);
      return injected;
    }
    case 'partition': {
      lab.cut();
      print('{coordinators, order, payment} ⟂ {inventory, shipping}');
      const injected = await lasts();
      lab.heal();
      print('partition healed');
      return injected;
    }
    case 'service-dies': {
      const payment = lab.processes.get('payment')!;
      await payment.kill('SIGKILL');
      print('payment killed');
      const injected = await lasts();
      await payment.restart();
      print('payment restarted');
      return injected;
    }
    case 'databases-die': {
      databases.kill();
      print('PostgreSQL killed');
      const injected = await lasts();
      await databases.bringBack();
      print('PostgreSQL restarted');
      return injected;
    }
  }
}
