import type { OrdersLoad } from '../orders-load.js';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import { ready, type Switches } from './switches.js';

/** Orders to an undeliverable destination: a fault of the load itself. */
export class LoadFaults implements Switches {
  readonly faults = ['undeliverable'] as const;

  constructor(private readonly load: OrdersLoad) {}

  async look(): Promise<FaultSwitch[]> {
    return [ready('undeliverable', null, this.load.undeliverable)];
  }

  async set(_fault: FaultName, _target: string | null, on: boolean): Promise<void> {
    this.load.undeliverable = on;
  }
}
