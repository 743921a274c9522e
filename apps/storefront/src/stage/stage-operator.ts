import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { accessTokenOf } from '../sign-in/access-token.js';

/** Returns the access token for calls to services; undefined if they need none. */
export type TokenSource = () => string | undefined;

/**
 * The operator who used the stage last. The stage calls services and fires orders with their token: it has no rights of its own,
 * and its load ends when that token expires.
 */
@Injectable()
export class StageOperator {
  private current: string | undefined;

  readonly token: TokenSource = () => this.current;

  /** Takes the token of a request admitted as an operator's. */
  follow(request: FastifyRequest): void {
    this.current = accessTokenOf(request);
  }
}

/** On routes of the stage: it acts with the token of the caller from now on. */
@Injectable()
export class ActsForCaller implements CanActivate {
  constructor(private readonly operator: StageOperator) {}

  canActivate(context: ExecutionContext): boolean {
    this.operator.follow(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
