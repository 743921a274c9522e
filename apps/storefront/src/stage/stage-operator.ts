import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { accessTokenOf } from '../sign-in/access-token.js';

/** Gives the access token with which services are asked; undefined where they ask for none. */
export type TokenSource = () => string | undefined;

/**
 * The operator who used the stage last. The stage asks services and fires orders in their name: it has no rights of its own, and its load
 * ends with their token.
 */
@Injectable()
export class StageOperator {
  private current: string | undefined;

  readonly token: TokenSource = () => this.current;

  /** Of a request that was admitted as an operator's. */
  follow(request: FastifyRequest): void {
    this.current = accessTokenOf(request);
  }
}

/** On routes of the stage: from now on it acts in the name of who asks. */
@Injectable()
export class ActsForCaller implements CanActivate {
  constructor(private readonly operator: StageOperator) {}

  canActivate(context: ExecutionContext): boolean {
    this.operator.follow(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
