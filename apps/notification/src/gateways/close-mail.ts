import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { GATEWAYS } from '@quadrille/nest';
import type { Gateways } from './mail.js';

/** Lets go of the mail server when the service ends, so that no open connection keeps the process. */
@Injectable()
export class CloseMail implements OnApplicationShutdown {
  constructor(@Inject(GATEWAYS) private readonly gateways: Gateways) {}

  onApplicationShutdown(): void {
    this.gateways.mail.close?.();
  }
}
