import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Operator } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { TrialBalance, trialBalance } from '../reads/trial-balance.js';

/** The books, for audits. Reads the whole ledger. */
@ApiTags('ledger')
@Controller('ledger')
export class LedgerController {
  private reading: Promise<TrialBalance> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  @Operator()
  @Get('trial-balance')
  @ApiOperation({ summary: 'The balance of every ledger account, and whether the books add up' })
  @ApiResponse({ status: 200, standardSchema: TrialBalance })
  @Header('cache-control', 'no-store')
  balance(): Promise<TrialBalance> {
    // Requests at the same time share one reading: each takes a connection for seconds, and the steps need those too.
    this.reading ??= trialBalance(this.dataSource).finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }
}
