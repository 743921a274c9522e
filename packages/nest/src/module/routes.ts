import { type CanActivate, Controller, type Type, UseGuards } from '@nestjs/common';
import { BootProblem } from '../boot-problems.js';
import { OperationsController } from './operations.controller.js';

/** The path and the guards of the operators' routes in an application. */
export interface RoutesOptions {
  /** Below the application's global prefix: `ops/quadrille`. */
  readonly path: string;
  /**
   * At least one: no route is open without your consent. Guards get their dependencies from the `imports` of `forRoot`. One that
   * sets `request.principal = { subject }` sets the name of a decision in the audit.
   */
  readonly guards: readonly [Type<CanActivate> | CanActivate, ...(Type<CanActivate> | CanActivate)[]];
}

/** Creates the controller of these routes. Throws a {@link BootProblem} without a guard. */
export function routesAt({ path, guards }: RoutesOptions): Type {
  if (guards.length === 0) {
    throw new BootProblem(`The routes at ${path} have no guard: name at least one in \`guards\`.`);
  }
  class Routes extends OperationsController {}
  Controller(path)(Routes);
  UseGuards(...guards)(Routes);
  return Routes;
}
