import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { DataSource, IsNull } from 'typeorm';
import { OutboxMessage } from './outbox-message.js';

/** A shorter interval costs more queries when idle than it saves time. */
const POLL_EVERY_MS = 50;
const ROWS_A_POLL = 100;

/** Publishes the outbox: polls, sends row by row in order, and marks each row after the broker acknowledged it. */
@Injectable()
export class Relay implements OnApplicationShutdown {
  private readonly logger = new Logger(Relay.name);
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly client: ClientKafka,
  ) {}

  async start(): Promise<void> {
    await this.client.connect();
    this.running = this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping = true;
    await this.running;
    await this.client.close();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const published = await this.publish().catch((error: Error) => {
        this.logger.error(error.message);
        return 0;
      });
      if (published === 0) await pause(POLL_EVERY_MS);
    }
  }

  private async publish(): Promise<number> {
    const messages = this.dataSource.getRepository(OutboxMessage);
    const waiting = await messages.find({
      where: { publishedAt: IsNull() },
      order: { position: 'ASC' },
      take: ROWS_A_POLL,
    });
    for (const { id, topic, key, headers, payload } of waiting) {
      if (this.stopping) break;
      await lastValueFrom(this.client.emit(topic, { key, headers, value: payload }));
      await messages.update(id, { publishedAt: new Date() });
    }
    return waiting.length;
  }
}
