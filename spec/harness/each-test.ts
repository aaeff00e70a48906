/**
 * Makes something before each test of the block and disposes of it after.
 * @param keep receives each that is made
 */
export function eachTest<Made extends Disposable | AsyncDisposable>(
  make: () => Made | Promise<Made>,
  keep: (made: Made) => void,
): void {
  let made: Made;
  beforeEach(async () => {
    made = await make();
    keep(made);
  });
  afterEach(async () => {
    if (Symbol.asyncDispose in made) await made[Symbol.asyncDispose]();
    else made[Symbol.dispose]();
  });
}
