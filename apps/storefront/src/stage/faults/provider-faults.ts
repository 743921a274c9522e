import { bodyOf, look } from '../requests.js';
import type { FaultName, FaultSwitch } from '../snapshot.js';
import { demand } from './demand.js';
import { ready, type Switches, unavailable } from './switches.js';

const PROVIDER = 'payment-provider';
/** Below the timeout of the payment service (PAYMENT_PROVIDER_TIMEOUT_MS): slow, not unavailable. */
const SLOW_MS = 700;

/** The response of `GET /faults` of the provider. */
interface Settings {
  readonly latencyMs: number;
  readonly declines: boolean;
  readonly down: boolean;
}

const CHANGES: Readonly<Record<string, (on: boolean) => Partial<Settings>>> = {
  'declined-cards': (declines) => ({ declines }),
  'slow-provider': (slow) => ({ latencyMs: slow ? SLOW_MS : 0 }),
  'provider-down': (down) => ({ down }),
};

/** Faults of the payment provider. */
export class ProviderFaults implements Switches {
  readonly faults = ['declined-cards', 'slow-provider', 'provider-down'] as const;

  constructor(private readonly url: string | undefined) {}

  async look(): Promise<FaultSwitch[]> {
    if (!this.url)
      return this.faults.map((fault) => unavailable(fault, null, `The address of ${PROVIDER} is not configured.`));
    const settings = bodyOf(await look(`${this.url}/faults`)) as Settings | undefined;
    if (!settings) return this.faults.map((fault) => unavailable(fault, null, `${PROVIDER} does not respond.`));
    const { latencyMs, declines, down } = settings;
    return [
      ready('declined-cards', null, declines),
      ready('slow-provider', null, latencyMs > 0),
      ready('provider-down', null, down),
    ];
  }

  async set(fault: FaultName, _target: string | null, on: boolean): Promise<void> {
    const settings = bodyOf(await look(`${this.url}/faults`)) as Settings | undefined;
    await demand(PROVIDER, 'PUT', `${this.url}/faults`, { ...settings, ...CHANGES[fault]!(on) });
  }
}
