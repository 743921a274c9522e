import type { InjectionToken } from '@nestjs/common';
import type { Choreography, Step } from '@quadrille/choreography';
import type { Projection, RuntimeDefinition, SagaWatch } from '@quadrille/runtime';

/**
 * The part of a choreography that runs in an application. Its steps are `@Step` classes among the application's providers, or
 * listed here.
 */
export interface FeatureOptions {
  readonly choreography: Choreography<any>;
  /** The service of the table whose rows run here: `stock`. */
  readonly service: string;
  /** Steps that are values. Other rows need a `@Step` class. */
  readonly steps?: readonly Step[];
  /** The stores of the aggregates of pure steps, in the order in which their rows are locked. */
  readonly stores?: RuntimeDefinition['stores'];
  /** The token of the provider that is passed to `call` of listed steps. */
  readonly gateways?: InjectionToken;
  /** For a read side: a consumer of whole topics without steps. */
  readonly projection?: Projection;
  /** Seconds until a saga's deadline; required if a row of the service handles a deadline. */
  readonly deadlineSeconds?: number;
  readonly sagas?: SagaWatch;
}
