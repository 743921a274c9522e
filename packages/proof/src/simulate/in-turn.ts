/** Serialises concurrent requests, as a connection of PostgreSQL does. */
export function inTurn<Request, Answer>(
  answer: (request: Request) => Promise<Answer>,
): (request: Request) => Promise<Answer> {
  let before: Promise<unknown> = Promise.resolve();
  return (request) => {
    const answered = before.then(() => answer(request));
    before = answered.catch(() => {});
    return answered;
  };
}
