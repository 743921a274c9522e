import { crashPoint } from '@quadrille/crash-points';
import type { IncomingRecord } from '@quadrille/kafka';
import { Gate } from './admission/gate.js';
import { Batcher } from './batcher.js';
import type { CommandOptions, CommandOutcome } from './commands.js';
import { dueDeadlines } from './deadlines.js';
import { Decider } from './decide-batch.js';
import { Every } from './every.js';
import { Hearing } from './hearing.js';
import type { ClockInput, CommandInput, EventInput, Input, Once, Outcome, Unreadable } from './input.js';
import { TimeKeeper } from './keep-time.js';
import { MoreTime } from './more-time.js';
import { OutcomeLog } from './outcome-log.js';
import { redriveDue } from './redrive.js';
import { type BatchContext, runBatch } from './run-batch.js';
import type { RunnerOptions } from './runner-options.js';
import { Seldom } from './seldom.js';
import { transaction } from './transaction.js';
import { WorkHealth } from './work-health.js';

/** Everything that makes the steps of one service react: records, commands, clocks and parked messages, in batches. */
export class Runner {
  private readonly context: BatchContext;
  private readonly hearing: Hearing;
  private readonly moreTime: MoreTime;
  private readonly batcher: Batcher<Input | Unreadable, Outcome>;
  private readonly loops: readonly Every[];
  /** How many keys the next redrive tries. */
  private redriveKeys: number | undefined;
  /** How batches, clocks and what is tried again go. */
  readonly work: WorkHealth;
  /** The way in of commands, where it is bounded. */
  readonly gate: Gate | undefined;

  constructor(private readonly options: RunnerOptions) {
    const { definition, limits, log } = options;
    const { system, rows, part, stores } = definition;
    this.hearing = new Hearing(system, rows, part);
    this.moreTime = new MoreTime(options.pool, limits.deadlineSeconds);
    const outcomeLog = new OutcomeLog(rows, log);
    this.context = {
      system,
      service: part.service,
      pool: options.pool,
      kept: typeof stores === 'function' ? stores(options.environment) : stores,
      decider: new Decider(part.service, rows),
      timeKeeper: new TimeKeeper(rows, part.service, limits.deadlineSeconds),
      outside: options.outside,
      idempotencySeconds: limits.idempotencySeconds,
      askPatienceMs: limits.askPatienceMs,
      log,
      seldom: new Seldom(),
      tell: (inputs, outcomes) => outcomeLog.tell(inputs, outcomes),
      ...(options.telemetry && { telemetry: options.telemetry }),
      ...(options.remember && { remember: options.remember }),
    };
    this.work = new WorkHealth(log);
    const { batchMaxInputs: maxItems, batchMaxBytes: maxBytes = Number.POSITIVE_INFINITY } = limits;
    this.batcher = new Batcher((inputs) => this.run(inputs), { maxItems, maxBytes });
    this.gate =
      limits.gate &&
      new Gate(
        definition,
        limits.gate,
        limits.deadlineSeconds,
        options.pool,
        this.batcher,
        options.telemetry?.turnedAway,
      );
    this.loops = [
      // A read side retries its parked records itself.
      ...(definition.listens ? [] : [this.loop('redrive', limits.redrivePollMs, () => this.redrive())]),
      ...(this.context.timeKeeper.clocks.length > 0
        ? [this.loop('clock', limits.clockPollMs, () => this.strike())]
        : []),
      ...(this.gate?.loops ?? []),
    ];
  }

  private loop(what: string, pauseMs: number, round: () => Promise<boolean>): Every {
    return new Every(
      pauseMs,
      () => this.work.watch(what, round()),
      () => {},
    );
  }

  start(): void {
    for (const loop of this.loops) loop.start();
  }

  /** Resolves when nothing runs any more. Records and commands must have ceased before. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Takes records from Kafka. Resolves when what they made steps say and change is durable; their offsets wait for `settle` as well. */
  async takeRecords(records: readonly IncomingRecord[]): Promise<void> {
    const inputs: (EventInput | Unreadable)[] = [];
    let bytes = 0;
    for (const record of records) {
      const heard = this.hear(record);
      inputs.push(...heard);
      // Of what is heard, as it is kept: asking the record itself may throw.
      bytes += heard[0]?.original.value?.length ?? 0;
    }
    await this.batcher.submit(inputs, { lane: 'records', bytes });
  }

  /** Makes durable what else came of the records taken so far: more time for clocks. Only then their offsets may be committed. */
  async settle(): Promise<void> {
    await this.work.watch('offsets', this.moreTime.write());
  }

  /** Runs a command row's step. Resolves after the commit; rejects when the step itself is at fault or the database away. */
  async command(
    stepName: string,
    data: unknown,
    options: Omit<CommandOptions, 'once'> & { once?: Once },
  ): Promise<CommandOutcome> {
    const step = this.options.definition.part.steps.find(({ name }) => name === stepName);
    if (!step) throw new Error(`This service has no step '${stepName}'.`);
    const { bytes = 0, isGone } = options.caller ?? {};
    const refused = this.gate?.refusal(stepName, bytes);
    if (refused) throw refused;
    crashPoint('command.came', this.options.pool);
    const input: CommandInput = {
      from: 'command',
      step,
      key: options.key,
      heard: data,
      at: new Date().toISOString(),
      ...(options.once && { once: options.once }),
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
    this.options.wakeRelay();
    this.context.tell?.(inputs, outcomes);
    for (const { step, keys } of this.context.timeKeeper.stoppedBy(outcomes)) {
      for (const key of keys) this.moreTime.forget(step, key);
    }
    return outcomes;
  }

  /** What concerns steps; what only gives a clock more time is kept apart. */
  private hear = (record: IncomingRecord): (EventInput | Unreadable)[] => {
    const concerning: (EventInput | Unreadable)[] = [];
    for (const taken of this.hearing.take(record)) {
      if (taken.from === 'extension') this.moreTime.hear(taken);
      else concerning.push(taken);
    }
    return concerning;
  };

  private async redrive(): Promise<boolean> {
    const { redriveMaxKeys } = this.options.limits;
    const { taken, next } = await redriveDue(this.context, this.hear, redriveMaxKeys, this.redriveKeys);
    this.redriveKeys = next;
    if (taken > 0) this.options.wakeRelay();
    return taken > 0;
  }

  /** Clocks strike through the same batches as everything else. */
  private async strike(): Promise<boolean> {
    const { definition, limits, pool } = this.options;
    await this.moreTime.write();
    let struck = 0;
    for (const { step: name } of this.context.timeKeeper.clocks) {
      const step = definition.part.steps.find((each) => each.name === name)!;
      const due = await transaction(pool, (tx) => dueDeadlines(tx, name, limits.batchMaxInputs));
      if (due.length === 0) continue;
      crashPoint('clock.due', pool);
      const at = new Date().toISOString();
      const outcomes = await this.batcher.submit(
        due.map((heard): ClockInput => ({ from: 'clock', step, key: heard.key, heard, at, correlationId: heard.key })),
        { lane: 'clocks' },
      );
      crashPoint('clock.struck', pool);
      struck += outcomes.filter((outcome) => 'said' in outcome).length;
    }
    return struck >= limits.batchMaxInputs;
  }
}
