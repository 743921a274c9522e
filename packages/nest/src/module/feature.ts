import type { InjectionToken } from '@nestjs/common';
import type { Choreography, Step } from '@quadrille/choreography';
import type { Projection, RuntimeDefinition, SagaWatch } from '@quadrille/runtime';

/** The part of a choreography that runs in an application. Its steps are `@Step` classes among the application's providers, or listed here. */
export interface FeatureOptions {
  readonly choreography: Choreography<any>;
  /** The service of the table whose rows run here: `stock`. */
  readonly service: string;
  /** Steps that are values. Rows without one are looked for among the `@Step` classes. */
  readonly steps?: readonly Step[];
  /** Where the aggregates of pure steps are kept, in the order in which their rows are locked. */
  readonly stores?: RuntimeDefinition['stores'];
  /** The token of the provider that `call` of listed steps is given. */
  readonly gateways?: InjectionToken;
  /** For a read side: a consumer of whole topics without steps. */
  readonly projection?: Projection;
  /** Seconds until a saga's deadline; needed where a row of the service handles a deadline. */
  readonly deadlineSeconds?: number;
  readonly sagas?: SagaWatch;
}
