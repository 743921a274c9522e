import { Inject, Injectable } from '@nestjs/common';
import { addressOf, ENVIRONMENT, Problem } from '@quadrille/nest';
import type { FastifyRequest } from 'fastify';
import type { StorefrontEnvironment } from '../environment.js';

const RETRY_AFTER_SECONDS = 10;

/** Counts the open streams per address, so that one address cannot take all places. */
@Injectable()
export class ReadersByAddress {
  private readonly open = new Map<string, number>();

  constructor(@Inject(ENVIRONMENT) private readonly env: Pick<StorefrontEnvironment, 'LIVE_READERS_PER_ADDRESS_MAX'>) {}

  /** Counts a reader until it disconnects. Throws a problem 429 beyond the limit of its address. */
  admit(request: FastifyRequest): void {
    const address = addressOf(request);
    const there = this.open.get(address) ?? 0;
    if (there >= this.env.LIVE_READERS_PER_ADDRESS_MAX) {
      throw new Problem(429, 'too-many-readers', `You have ${there} open streams. Close one, or try again later.`, {
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
