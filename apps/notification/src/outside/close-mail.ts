import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { OUTSIDE } from '@quadrille/service';
import type { Outside } from './mail.js';

/** Lets go of the mail server when the service ends, so that no open connection keeps the process. */
@Injectable()
export class CloseMail implements OnApplicationShutdown {
  constructor(@Inject(OUTSIDE) private readonly outside: Outside) {}

  onApplicationShutdown(): void {
    this.outside.mail.close?.();
  }
}
