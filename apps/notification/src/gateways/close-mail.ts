import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { GATEWAYS } from '@quadrille/nest';
import type { Gateways } from './mail.js';

/** Closes the connections to the mail server at shutdown: an open connection would prevent the exit of the process. */
@Injectable()
export class CloseMail implements OnApplicationShutdown {
  constructor(@Inject(GATEWAYS) private readonly gateways: Gateways) {}

  onApplicationShutdown(): void {
    this.gateways.mail.close?.();
  }
}
