// As much of llm-polyglot as the pages name; `npm run test:matrix -- --only polyglot` runs the package itself.
declare module "llm-polyglot" {
  export function createLLMClient(options: { provider: "anthropic" }): {
    chat: { completions: { create(params: object): Promise<object> } };
  };
}
