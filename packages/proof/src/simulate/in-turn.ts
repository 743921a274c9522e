/** Serialises concurrent requests, as a connection of PostgreSQL does. */
export function inTurn<Asked, Answer>(answer: (asked: Asked) => Promise<Answer>): (asked: Asked) => Promise<Answer> {
  let before: Promise<unknown> = Promise.resolve();
  return (asked) => {
    const answered = before.then(() => answer(asked));
    before = answered.catch(() => {});
    return answered;
  };
}
