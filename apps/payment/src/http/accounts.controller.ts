import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Amount, Currency, DepositFunds } from '@quadrille/contracts';
import {
  Caller,
  Commands,
  CurrentPrincipal,
  Customer,
  IdempotencyKey,
  mayActFor,
  newId,
  Operator,
  type Principal,
  Problem,
  Traceparent,
  type Waiter,
} from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { AccountView, findAccount } from '../reads/find-account.js';

/** PostgreSQL returns UUIDs in lower case. */
const CustomerId = z.uuid().toLowerCase();

/** Body of a deposit; `amount` in minor units. */
const DepositRequest = z.object({ amount: Amount.positive(), currency: Currency });

/** Customers' accounts: balances and deposits. */
@ApiTags('accounts')
@Controller('accounts')
export class AccountsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly commands: Commands,
  ) {}

  @Customer()
  @Get(':customerId')
  @ApiOperation({ summary: 'Get the available and held amounts of a customer account' })
  @ApiResponse({ status: 200, standardSchema: AccountView })
  @ApiResponse({ status: 400, description: 'Problem: the id is not a UUID' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-account`: the customer has made no deposit' })
  @Header('cache-control', 'no-store')
  async find(
    @Param('customerId', { schema: CustomerId }) customerId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AccountView> {
    const account = mayActFor(principal, customerId) && (await findAccount(this.dataSource, customerId));
    if (!account) throw new Problem(404, 'unknown-account', `The customer ${customerId} has no account.`);
    return account;
  }

  @Operator()
  @Post(':customerId/deposits')
  @HttpCode(201)
  @ApiOperation({ summary: 'Deposit money; the first deposit opens the account and fixes its currency' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Requests with the same key and body deposit once; rejections are not stored',
  })
  @ApiResponse({ status: 201, standardSchema: DepositFunds })
  @ApiResponse({ status: 400, description: 'Problem: the id, the header or the body is malformed' })
  @ApiResponse({
    status: 409,
    description: 'Problem `request-still-running`: the first request with this key is still running',
  })
  @ApiResponse({
    status: 422,
    description: 'Problem `unacceptable-values`, `currency-mismatch`, `balance-too-large` or `idempotency-key-reused`',
  })
  async deposit(
    @Param('customerId', { schema: CustomerId }) customerId: string,
    @Body({ schema: DepositRequest }) request: z.infer<typeof DepositRequest>,
    @IdempotencyKey() key: string | undefined,
    @Traceparent() traceparent: string | undefined,
    @Caller() caller: Waiter,
  ): Promise<z.infer<typeof DepositFunds>> {
    const deposit = { ...request, customerId, depositId: newId() };
    const outcome = await this.commands.run('deposit-funds', deposit, {
      key: customerId,
      ...(key !== undefined && { idempotencyKey: { owner: customerId, key, request } }),
      ...(traceparent !== undefined && { traceparent }),
      caller,
    });
    if ('refused' in outcome) {
      const { status, refused, detail, pointers } = outcome.refused;
      throw new Problem(status, refused, detail, pointers && { pointers });
    }
    if ('nothing' in outcome) throw new Error('deposit-funds emitted no event.');
    // The emitted event, not the request: for a repeated key, it is the first deposit.
    return outcome.event.data as z.infer<typeof DepositFunds>;
  }
}
