import { type CanActivate, Controller, type Type, UseGuards } from '@nestjs/common';
import { BootProblem } from '../boot-problems.js';
import { OperationsController } from './operations.controller.js';

/** Where operators are answered in an application, and who lets them in. */
export interface RoutesOptions {
  /** Below the application's global prefix: `ops/quadrille`. */
  readonly path: string;
  /**
   * At least one: no route is open without its consent. Guards get their dependencies from the `imports` of `forRoot`. One that sets
   * `request.principal = { subject }` decides under which name the audit lists a decision.
   */
  readonly guards: readonly [Type<CanActivate> | CanActivate, ...(Type<CanActivate> | CanActivate)[]];
}

/** The controller of these routes. Throws a {@link BootProblem} where there is no guard. */
export function routesAt({ path, guards }: RoutesOptions): Type {
  if (guards.length === 0) {
    throw new BootProblem(`The routes at ${path} have no guard: name at least one in \`guards\`.`);
  }
  class Routes extends OperationsController {}
  Controller(path)(Routes);
  UseGuards(...guards)(Routes);
  return Routes;
}
