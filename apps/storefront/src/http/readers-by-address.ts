import { Inject, Injectable } from '@nestjs/common';
import { addressOf, ENVIRONMENT, Problem } from '@quadrille/nest';
import type { FastifyRequest } from 'fastify';
import type { StorefrontEnvironment } from '../environment.js';

const RETRY_AFTER_SECONDS = 10;

/** How many streams each address has open, so that none takes all places. */
@Injectable()
export class ReadersByAddress {
  private readonly open = new Map<string, number>();

  constructor(@Inject(ENVIRONMENT) private readonly env: Pick<StorefrontEnvironment, 'LIVE_READERS_PER_ADDRESS_MAX'>) {}

  /** Counts a reader until its connection is gone. Throws a problem 429 when there are too many at its address. */
  admit(request: FastifyRequest): void {
    const address = addressOf(request);
    const there = this.open.get(address) ?? 0;
    if (there >= this.env.LIVE_READERS_PER_ADDRESS_MAX) {
      throw new Problem(429, 'too-many-readers', `You have ${there} streams open. Close one, or come back later.`, {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.open.set(address, there + 1);
    request.raw.socket.once('close', () => this.leave(address));
  }

  private leave(address: string): void {
    const left = this.open.get(address)! - 1;
    if (left > 0) this.open.set(address, left);
    else this.open.delete(address);
  }
}
