import { checkout, services, shop } from '@quadrille/contracts';
import { defineService } from '@quadrille/nest';
import { storefrontEnvironment } from './environment.js';
import { AuditController } from './http/audit.controller.js';
import { EventsController } from './http/events.controller.js';
import { FrontDoor } from './http/front-door.js';
import { ReadersByAddress } from './http/readers-by-address.js';
import { SagasController } from './http/sagas.controller.js';
import { StageController } from './http/stage.controller.js';
import { TimelineController } from './http/timeline.controller.js';
import { UnreadableRecordsController } from './http/unreadable-records.controller.js';
import { FirstEvents } from './live/first-events.js';
import { LiveFeed } from './live/live-feed.js';
import { groupOfGeneration } from './persistence/generation.js';
import { ReadModel1763720000000 } from './persistence/migrations/1763720000000-read-model.js';
import { Records1763720000100 } from './persistence/migrations/1763720000100-records.js';
import { Lives1763720000200 } from './persistence/migrations/1763720000200-lives.js';
import { Compensating1763720000300 } from './persistence/migrations/1763720000300-compensating.js';
import { purgeSagas, purgeUnreadable } from './persistence/retention.js';
import { TOPICS } from './reading/read-record.js';
import { takeRecords, takeRefused } from './reading/take-records.js';
import { BrowserSession } from './sign-in/browser-session.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { DemoControls } from './stage/demo-controls.js';
import { StageFeed } from './stage/stage-feed.js';
import { StageOperator } from './stage/stage-operator.js';

/** The read side: consumes all events, emits none, shows every saga. */
export const storefront = defineService({
  system: checkout.system,
  rows: shop,
  steps: { service: 'storefront', steps: [] },
  projection: {
    topics: TOPICS,
    group: groupOfGeneration,
    // Sagas last some hundred milliseconds: many events of one share a batch, and its row is written only a few times.
    pauseMs: 100,
    maxBatchRecords: 1_000,
    onRecords: takeRecords,
    onRefused: takeRefused,
  },
  stores: [],
  migrations: [ReadModel1763720000000, Records1763720000100, Lives1763720000200, Compensating1763720000300],
  defaultPort: services.storefront.port,
  environment: storefrontEnvironment,
  controllers: [
    TimelineController,
    SagasController,
    EventsController,
    UnreadableRecordsController,
    StageController,
    AuditController,
    SignInController,
  ],
  tokenReader: BrowserSession,
  providers: [
    BrowserSession,
    StageOperator,
    LiveFeed,
    FirstEvents,
    DemoControls,
    StageFeed,
    FrontDoor,
    ReadersByAddress,
  ],
  retention: [purgeSagas, purgeUnreadable],
});
