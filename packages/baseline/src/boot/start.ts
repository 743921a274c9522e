import 'reflect-metadata';
import { type DynamicModule, Module, StandardSchemaValidationPipe, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Consumer } from 'kafkajs';
import { OutboxMessage } from '../messaging/outbox-message.js';
import { ProcessedMessage } from '../messaging/processed-message.js';
import { Relay } from '../messaging/relay.js';
import { ControlController, consumerOf } from './control.controller.js';
import { environment } from './environment.js';
import { createTopics, kafkaOptions } from './kafka.js';

/** Pool size: the maximum of concurrent messages and requests. */
const CONNECTIONS = 20;

/** The parts of one service. */
export interface ServiceParts {
  readonly name: string;
  readonly entities: readonly Type[];
  readonly controllers: readonly Type[];
  readonly providers: readonly Type[];
}

@Module({})
class ServiceModule {}

/** Starts a service: tables, topics, consumer, relay, and finally HTTP. */
export async function start(parts: ServiceParts): Promise<void> {
  await createTopics(parts.name);
  const app = await NestFactory.create<NestFastifyApplication>(moduleOf(parts), new FastifyAdapter(), {
    logger: ['error', 'warn'],
  });
  app.enableShutdownHooks(['SIGTERM', 'SIGINT']);
  app.useGlobalPipes(new StandardSchemaValidationPipe());
  const microservice = app.connectMicroservice(kafkaOptions(parts.name));
  await app.startAllMicroservices();
  consumerOf.current = microservice.unwrap<[unknown, Consumer, unknown]>()[1];
  await app.get(Relay).start();
  await app.listen(environment.PORT, '127.0.0.1');
}

function moduleOf({ name, entities, controllers, providers }: ServiceParts): DynamicModule {
  return {
    module: ServiceModule,
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: environment.DATABASE_URL,
        entities: [...entities, OutboxMessage, ProcessedMessage],
        synchronize: true,
        poolSize: CONNECTIONS,
      }),
    ],
    controllers: [...controllers, ControlController],
    providers: [
      ...providers,
      Relay,
      { provide: ClientKafka, useFactory: () => new ClientKafka(kafkaOptions(name).options) },
    ],
  };
}
