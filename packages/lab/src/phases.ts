import { callAll, refusal, retrying, runSteps, settleAll } from './calls.js';
import type {
  Coordinator,
  OrderResult,
  ParticipantContext,
  Participants,
  ParticipantTransaction,
  PlaceOrder,
  ServiceName,
  StepName,
} from './protocol.js';
import { Refusal } from './protocol.js';

/** Twelve steps of the table, as reservations see them: the step by which each service reserves, confirms and cancels. */
export const STEPS: Readonly<Record<ServiceName, Readonly<Record<'try' | 'confirm' | 'cancel', StepName>>>> = {
  order: { try: 'place-order', confirm: 'complete-order', cancel: 'cancel-order' },
  payment: { try: 'authorize-payment', confirm: 'capture-payment', cancel: 'return-payment' },
  inventory: { try: 'reserve-inventory', confirm: 'commit-inventory', cancel: 'release-inventory' },
  shipping: { try: 'create-shipment', confirm: 'dispatch-shipment', cancel: 'cancel-shipment' },
};

export type PhaseVerbs = Readonly<Record<'try' | 'confirm' | 'cancel' | 'act', (...json: any[]) => Promise<any>>>;

/** The verbs of a participant that reserves, confirms and cancels in one local transaction each. A repeated call has no second effect. */
export const phaseVerbs = (context: ParticipantContext): PhaseVerbs => {
  const { try: first, confirm, cancel } = STEPS[context.service];
  return {
    /** The first answer is recorded: a recovering coordinator gets it again. */
    try: (order) => context.transaction((local) => once(local, order.orderId, () => runSteps(local, [first], order))),
    confirm: (order) => context.transaction((local) => local.step(confirm, order)),
    cancel: (order) =>
      context.transaction(async (local) => {
        await local.step(cancel, order);
        await local.records('cancelled').insert(order.orderId, true);
      }),
    act: (order) =>
      context.transaction((local) => once(local, order.orderId, () => runSteps(local, [first, confirm], order))),
  };
};

async function once(local: ParticipantTransaction, orderId: string, work: () => Promise<object>): Promise<object> {
  const answers = local.records<object>('answers');
  const before = await answers.get(orderId);
  if (before) return before;
  const answer = await work();
  await answers.insert(orderId, answer);
  return answer;
}

/** The phases of a saga between the order that is placed and the order that is confirmed. */
export interface Phases<V> {
  /** The protocol, whose orders only its own recovery completes. */
  readonly name: string;
  /** Reserves, claims or validates. A refusal or a missing answer cancels the order. */
  reserve(order: any, at: Participants<V>, my: Coordinator): Promise<unknown>;
  /** The customer is answered when the order is decided. The confirmation follows within a second, from its record. */
  readonly answersWhenDecided?: true;
  /** Confirms with all participants; repeated by a recovering coordinator. */
  confirm(order: any, at: Participants<V>, my: Coordinator): Promise<unknown>;
}

/** An order under way, in the coordinators' database. */
interface UnderWay {
  readonly request: PlaceOrder;
  readonly phase: 'reserving' | 'confirming' | 'cancelling';
  /** The coordinator that began it, and when. */
  readonly by: string;
  readonly since: number;
}

/** Another coordinator takes over an order that has been under way for that long. */
const SILENCE_MS = 10_000;

const underWay = (my: Coordinator, { name }: Phases<any>) => {
  const kind = `under way in ${name}`;
  return {
    insert: (id: string, value: UnderWay) => my.transaction((tx) => tx.records(kind).insert(id, value)),
    replace: (id: string, value: UnderWay, expected: UnderWay) =>
      my.transaction((tx) => tx.records(kind).replace(id, value, expected)),
    list: () => my.transaction((tx) => tx.records<UnderWay>(kind).list()),
    delete: (id: string) => my.transaction((tx) => tx.records(kind).delete(id)),
  };
};

/** Places an order, reserves, records the decision, and confirms or cancels. */
export async function executeInPhases<V extends PhaseVerbs>(
  phases: Phases<V>,
  request: PlaceOrder,
  at: Participants<V>,
  my: Coordinator,
): Promise<OrderResult> {
  const begun: UnderWay = { request, phase: 'reserving', by: my.id, since: my.clock.now() };
  await underWay(my, phases).insert(request.orderId, begun);
  const order = await placed(phases, request, at, my);
  const reason = await refusal(() => phases.reserve(order, at, my));
  await my.atCrashPoint('reserved');
  // The decision: a compare and set, because a recovering coordinator may have cancelled.
  const phase = reason === undefined ? 'confirming' : 'cancelling';
  const isMine = await underWay(my, phases).replace(request.orderId, { ...begun, phase }, begun);
  await my.atCrashPoint('decided');
  if (isMine && phase === 'confirming' && phases.answersWhenDecided)
    return { orderId: request.orderId, status: 'COMPLETED' };
  return finish(phases, isMine ? phase : 'cancelling', { ...order, reason }, at, my);
}

/** Completes the orders that were answered early, and those of coordinators that have stopped: the ones that were not decided are cancelled. */
export async function resumeInPhases<V extends PhaseVerbs>(phases: Phases<V>, at: Participants<V>, my: Coordinator) {
  const list = await underWay(my, phases).list();
  const isAnswered = ({ phase, by }: UnderWay) =>
    phases.answersWhenDecided === true && phase === 'confirming' && by === my.id;
  await settleAll(list.flatMap(({ value }) => (isAnswered(value) ? [follow(phases, value, at, my)] : [])));
  for (const { key, value } of list) {
    if (isAnswered(value)) continue;
    if (my.clock.now() - value.since <= SILENCE_MS) continue;
    const cancelling: UnderWay = { ...value, phase: 'cancelling' };
    const isOpen = value.phase === 'reserving';
    if (isOpen && !(await underWay(my, phases).replace(key, cancelling, value))) continue;
    const order = await placed(phases, value.request, at, my);
    const { phase } = isOpen ? cancelling : value;
    await finish(phases, phase, { ...order, reason: 'coordinator-recovered' }, at, my);
  }
}

/** Confirms an order whose customer has been answered. A refusal comes too late: it is left to an operator. */
async function follow<V extends PhaseVerbs>(
  phases: Phases<V>,
  { request }: UnderWay,
  at: Participants<V>,
  my: Coordinator,
) {
  const order = await placed(phases, request, at, my);
  try {
    await finish(phases, 'confirming', order, at, my);
  } catch (error) {
    // Without an answer, the next second tries again.
    if (!(error instanceof Refusal) || error.reason === 'lock-timeout') return;
    await my.transaction((tx) => tx.records('interventions').insert(request.orderId, { order, reason: error.reason }));
    await underWay(my, phases).delete(request.orderId);
  }
}

/** An order that the order service refuses is not under way. */
async function placed<V extends PhaseVerbs>(
  phases: Phases<V>,
  request: PlaceOrder,
  at: Participants<V>,
  my: Coordinator,
): Promise<any> {
  try {
    return await at.order.try(request);
  } catch (error) {
    if (error instanceof Refusal && error.reason !== 'lock-timeout') await underWay(my, phases).delete(request.orderId);
    throw error;
  }
}

async function finish<V extends PhaseVerbs>(
  phases: Phases<V>,
  phase: UnderWay['phase'],
  order: any,
  at: Participants<V>,
  my: Coordinator,
): Promise<OrderResult> {
  const { orderId } = order;
  if (phase === 'cancelling') {
    const answers = await callAll(at, (each) => retrying(my, () => each.cancel(order)).then(() => true));
    if (answers.length < Object.keys(at).length) return { orderId, status: 'IN_DOUBT' };
  } else await phases.confirm(order, at, my);
  await underWay(my, phases).delete(orderId);
  return phase === 'cancelling'
    ? { orderId, status: 'CANCELLED', reason: order.reason }
    : { orderId, status: 'COMPLETED' };
}
