import { crashPoint } from '@quadrille/crash-points';
import type { IncomingRecord } from '@quadrille/kafka';
import { Gate } from './admission/admission.js';
import { Batcher } from './admission/batcher.js';
import { OutcomeLog } from './batch/outcome-log.js';
import { type BatchContext, runBatch } from './batch/run-batch.js';
import { StepExecutor } from './batch/step-executor.js';
import { ServiceTopics } from './batch/write-batch.js';
import type { CommandOptions, CommandOutcome } from './commands.js';
import { fireDeadlines } from './deadlines/deadline-rows.js';
import { DeadlineExtensions, DeadlineScheduler } from './deadlines/deadlines.js';
import { EventRouter } from './event-router.js';
import type { CommandInput, DeadlineInput, EventInput, IdempotencyKey, Input, Outcome, Unreadable } from './input.js';
import { LogThrottle } from './log.js';
import { redriveDue } from './parked/redrive.js';
import { PollingLoop } from './polling-loop.js';
import type { RunnerOptions } from './runner-options.js';
import { WireReader } from './wire-reader.js';
import { WorkHealth } from './work-health.js';

/** Runs the steps of one service in batches: for records, commands, deadlines and parked messages. */
export class Runner {
  private readonly context: BatchContext;
  private readonly router: EventRouter;
  /** Undefined for records in the default form, which are routed at once. */
  private readonly wireReader: WireReader | undefined;
  private readonly deadlineExtensions: DeadlineExtensions;
  private readonly batcher: Batcher<Input | Unreadable, Outcome>;
  private readonly loops: readonly PollingLoop[];
  /** Number of keys of the next redrive. */
  private redriveKeys: number | undefined;
  /** Health of batches, deadlines and retries. */
  readonly work: WorkHealth;
  /** Admission of commands, if limited. */
  readonly gate: Gate | undefined;

  constructor(private readonly options: RunnerOptions) {
    const { definition, limits, log } = options;
    const { rows, steps, stores, otherSteps = [], wire } = definition;
    this.router = new EventRouter(
      definition,
      rows,
      steps,
      wire?.skip && { skip: wire.skip, onSkipped: options.telemetry?.skipped },
    );
    this.wireReader = wire && (wire.values || wire.headers) && new WireReader(wire, this.router);
    this.deadlineExtensions = new DeadlineExtensions(options.pool, limits.deadlineSeconds);
    const outcomeLog = new OutcomeLog(rows, log);
    this.context = {
      topics: new ServiceTopics(definition, rows, steps.service),
      service: steps.service,
      otherSteps,
      pool: options.pool,
      stores: typeof stores === 'function' ? stores(options.environment) : stores,
      executor: new StepExecutor(steps.service),
      deadlines: new DeadlineScheduler(rows, steps.service, limits.deadlineSeconds),
      gateways: options.gateways,
      idempotencySeconds: limits.idempotencySeconds,
      callTimeoutMs: limits.callTimeoutMs,
      log,
      logThrottle: new LogThrottle(),
      report: (inputs, outcomes) => outcomeLog.report(inputs, outcomes),
      ...(options.telemetry && { telemetry: options.telemetry }),
      ...(options.relay && { relay: options.relay }),
    };
    this.work = new WorkHealth(log);
    const { batchMaxInputs: maxItems, batchMaxBytes: maxBytes = Number.POSITIVE_INFINITY } = limits;
    this.batcher = new Batcher((inputs) => this.run(inputs), { maxItems, maxBytes });
    this.gate =
      limits.gate &&
      new Gate(definition, limits.gate, limits.deadlineSeconds, options.pool, this.batcher, options.telemetry?.shed);
    this.loops = [
      // A read side retries its parked records itself.
      ...(definition.projection ? [] : [this.loop('redrive', limits.redrivePollMs, () => this.redrive())]),
      ...(this.context.deadlines.deadlineRows.length > 0
        ? [this.loop('deadlines', limits.deadlinePollMs, () => this.fireDeadlines())]
        : []),
      ...(this.gate?.loops ?? []),
    ];
  }

  private loop(what: string, pauseMs: number, round: () => Promise<boolean>): PollingLoop {
    return new PollingLoop(
      pauseMs,
      () => this.work.watch(what, round()),
      () => {},
    );
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Resolves when no work runs. Records and commands must have stopped before. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /**
   * Processes records from Kafka. Resolves once all resulting state and events are committed. Offsets may be committed only after
   * `settle()`.
   */
  async takeRecords(records: readonly IncomingRecord[]): Promise<void> {
    const inputs: (EventInput | Unreadable)[] = [];
    let bytes = 0;
    for (const record of records) {
      const routed = this.wireReader ? await this.wireReader.route(record) : this.router.take(record);
      const payload = this.withoutExtensions(routed);
      inputs.push(...payload);
      // The parked form counts: reading the record itself may throw.
      bytes += payload[0]?.original.value?.length ?? 0;
    }
    await this.batcher.submit(inputs, { lane: 'records', bytes });
  }

  /** Writes buffered deadline extensions of the records processed so far. Their offsets may be committed only afterwards. */
  async settle(): Promise<void> {
    await this.work.watch('offsets', this.deadlineExtensions.write());
  }

  /** Runs the step of a command row. Resolves after the commit; rejects if the step is at fault or the database unavailable. */
  async command(
    stepName: string,
    data: unknown,
    options: Omit<CommandOptions, 'idempotencyKey'> & { once?: IdempotencyKey },
  ): Promise<CommandOutcome> {
    const step = this.options.definition.steps.steps.find(({ name }) => name === stepName);
    if (!step) throw new Error(`This service has no step '${stepName}'.`);
    const { bytes = 0, isGone } = options.caller ?? {};
    const refused = this.gate?.refusal(stepName, bytes);
    if (refused) throw refused;
    const sealing = this.options.sealCommand?.(stepName, data);
    const sealed = sealing ? await sealing : { data };
    if ('refused' in sealed) return { refused: sealed };
    crashPoint('command.came', this.options.pool);
    const input: CommandInput = {
      from: 'command',
      step,
      key: options.key,
      payload: sealed.data,
      at: new Date().toISOString(),
      ...(options.once && { idempotencyKey: options.once }),
      ...(options.traceparent !== undefined && { traceparent: options.traceparent }),
    };
    const [outcome] = await this.batcher.submit([input], { lane: 'commands', bytes, isGone });
    crashPoint('command.durable', this.options.pool);
    if (outcome && 'failed' in outcome) {
      const { cause, thrown } = outcome.failed;
      throw new Error(`${stepName} failed: ${cause}`, { cause: thrown });
    }
    return outcome!;
  }

  private async run(inputs: readonly (Input | Unreadable)[]): Promise<Outcome[]> {
    const outcomes = await this.work.watch('batches', runBatch(this.context, inputs)).catch((error: unknown) => {
      this.gate?.failed(error);
      throw error;
    });
    this.gate?.committed(outcomes);
    this.context.report?.(inputs, outcomes);
    for (const { step, keys } of this.context.deadlines.stoppedBy(outcomes)) {
      for (const key of keys) this.deadlineExtensions.discard(step, key);
    }
    return outcomes;
  }

  /** Returns inputs for steps; buffers deadline extensions separately. */
  private withoutExtensions(routed: ReturnType<EventRouter['take']>): (EventInput | Unreadable)[] {
    const concerning: (EventInput | Unreadable)[] = [];
    for (const taken of routed) {
      if (taken.from === 'extension') this.deadlineExtensions.add(taken);
      else concerning.push(taken);
    }
    return concerning;
  }

  /** Routes a parked record again. */
  private reroute = async (record: IncomingRecord): Promise<(EventInput | Unreadable)[]> =>
    this.withoutExtensions(this.wireReader ? await this.wireReader.route(record) : this.router.take(record));

  private async redrive(): Promise<boolean> {
    const { redriveMaxKeys } = this.options.limits;
    const { taken, next } = await redriveDue(this.context, this.reroute, redriveMaxKeys, this.redriveKeys);
    this.redriveKeys = next;
    if (taken > 0) this.options.relay?.wake();
    return taken > 0;
  }

  /** Runs due deadlines, after their extensions are written. */
  private async fireDeadlines(): Promise<boolean> {
    const { definition, limits, pool } = this.options;
    await this.deadlineExtensions.write();
    const { steps } = definition.steps;
    const { deadlineRows } = this.context.deadlines;
    const submit = (inputs: readonly DeadlineInput[]) => this.batcher.submit(inputs, { lane: 'deadlines' });
    return fireDeadlines({ pool, steps, deadlineRows, maxInputs: limits.batchMaxInputs, submit });
  }
}
