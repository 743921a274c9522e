import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ShopClient } from '@quadrille/load';
import { type CommonEnvironment, ENVIRONMENT } from '@quadrille/nest';
import type { StorefrontEnvironment } from '../environment.js';
import { adminUrls, serviceUrls } from '../gateway/service-urls.js';
import { AllFaults } from './faults/all-faults.js';
import { PoisonPublisher } from './faults/broken-saga.js';
import { ControlFaults } from './faults/control-faults.js';
import { LoadFaults } from './faults/load-faults.js';
import { ProviderFaults } from './faults/provider-faults.js';
import { ShelfFaults } from './faults/shelf-faults.js';
import { SupervisedFaults } from './faults/supervised-faults.js';
import { OrdersLoad } from './orders-load.js';
import { StageOperator } from './stage-operator.js';

const PROVIDER = 'payment-provider';
/** No process listens there: a call fails at once, and the failure is reported. */
const NOWHERE = 'http://127.0.0.1:9';

/** Controls a demonstration: the load, the faults, the poison messages. */
@Injectable()
export class DemoControls implements OnApplicationShutdown {
  readonly demo: boolean;
  readonly load: OrdersLoad;
  readonly faults: AllFaults;
  readonly poison: PoisonPublisher;

  constructor(@Inject(ENVIRONMENT) env: StorefrontEnvironment & CommonEnvironment, { token }: StageOperator) {
    this.demo = env.QUADRILLE_DEMO;
    const urls = serviceUrls(env);
    const ours = Object.fromEntries(
      Object.entries(adminUrls(env)).flatMap(([service, url]) => (url && service !== PROVIDER ? [[service, url]] : [])),
    );
    const { order = NOWHERE, payment = NOWHERE, inventory = NOWHERE } = urls;
    const shop = new ShopClient({ order, payment, inventory }, token);
    this.load = new OrdersLoad(shop);
    this.poison = new PoisonPublisher(ours, shop, token);
    this.faults = new AllFaults([
      new ProviderFaults(urls[PROVIDER]),
      new ShelfFaults(shop),
      new LoadFaults(this.load),
      new SupervisedFaults(env.SUPERVISOR_URL, Object.keys(urls)),
      new ControlFaults(ours, token),
    ]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.faults.rest();
    await this.load.stop();
  }
}
