import { Inject, Injectable } from '@nestjs/common';
import { messageOf } from '@quadrille/postgres';
import type { Health } from '../health-service.js';
import { type ChoreographyService, Services } from './choreography-service.js';

/** A result for `@nestjs/terminus`: under the key, the state and each service. */
export type HealthIndicatorAnswer = Readonly<
  Record<string, { readonly status: 'up' | 'down'; readonly services: Readonly<Record<string, unknown>> }>
>;

/**
 * Health of all services of the application, for `@nestjs/terminus`: `health.check([() => quadrille.ready()])`. It does not
 * throw.
 */
@Injectable()
export class QuadrilleHealthIndicator {
  constructor(@Inject(Services) private readonly services: Services) {}

  /** Down while requests should go elsewhere: a service has not started, or its database is unavailable. */
  ready(key = 'quadrille'): Promise<HealthIndicatorAnswer> {
    return this.answer(key, (service) => service.parts.health.ready());
  }

  /** Down only if restarting the process would help. */
  live(key = 'quadrille'): Promise<HealthIndicatorAnswer> {
    return this.answer(key, (service) => service.parts.health.live());
  }

  private async answer(
    key: string,
    healthOf: (service: ChoreographyService) => Promise<Health>,
  ): Promise<HealthIndicatorAnswer> {
    const entries = this.services.all().map(async (service) => {
      const health = await Promise.resolve(service)
        .then(healthOf)
        .catch((error: unknown) => ({ ok: false, cause: messageOf(error) }));
      return [service.name, health] as const;
    });
    const services = Object.fromEntries(await Promise.all(entries));
    const isUp = Object.values(services).every(({ ok }) => ok);
    return { [key]: { status: isUp ? 'up' : 'down', services } };
  }
}
