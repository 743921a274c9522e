import { type CanActivate, Inject, Injectable } from '@nestjs/common';
import { type CommonEnvironment, ENVIRONMENT, Problem } from '@quadrille/nest';

/** Refuses all requests without QUADRILLE_DEMO=1: load and faults are for demonstrations. */
@Injectable()
export class DemoOnly implements CanActivate {
  constructor(@Inject(ENVIRONMENT) private readonly env: CommonEnvironment) {}

  canActivate(): boolean {
    if (this.env.QUADRILLE_DEMO) return true;
    throw new Problem(403, 'no-demonstration', 'Load and faults are for demonstrations only (QUADRILLE_DEMO=1).');
  }
}
