import {
  COMPENSATES,
  NoAnswer,
  type OrderResult,
  type Participants,
  type PlaceOrder,
  type Protocol,
} from './protocol.js';

/** Several protocols on the same participants: each order is carried, and recovered, by one of them. */
export const mixture = (
  name: string,
  protocols: readonly Protocol[],
  choiceFor: (request: PlaceOrder, now: number) => string,
): Protocol => ({
  name,
  summary: protocols.map((each) => each.name).join(', '),
  guarantees: COMPENSATES,
  participant: (context) =>
    Object.fromEntries(
      protocols.flatMap((each) =>
        Object.entries(each.participant(context)).map(([verb, call]) => [`${each.name}.${verb}`, call]),
      ),
    ),
  async execute(request, at, my): Promise<OrderResult> {
    const by = choiceFor(request, my.clock.now());
    const chosen = protocols.find((each) => each.name === by)!;
    return { ...(await chosen.execute(request, verbsOf(chosen, at), my)), by };
  },
  async resume(at, my) {
    for (const each of protocols) await each.resume?.(verbsOf(each, at), my);
  },
});

/** The participants as one protocol of a mixture calls them. */
const verbsOf = ({ name }: Protocol, at: Participants<any>): Participants<any> =>
  Object.fromEntries(
    Object.entries(at).map(([service, verbs]) => [
      service,
      new Proxy(verbs, { get: (_, verb: string) => verbs[`${name}.${verb}`] }),
    ]),
  ) as unknown as Participants<any>;

/** The participants, with a callback for each call that gets no answer: an order may end long after that. */
export const observingNoAnswer = (at: Participants<any>, onNoAnswer: () => void): Participants<any> =>
  Object.fromEntries(
    Object.entries(at).map(([service, verbs]) => [
      service,
      new Proxy(verbs as any, {
        get:
          (_, verb: string) =>
          (...json: unknown[]) =>
            (verbs as any)[verb](...json).catch((error: unknown) => {
              if (error instanceof NoAnswer) onNoAnswer();
              throw error;
            }),
      }),
    ]),
  ) as unknown as Participants<any>;
