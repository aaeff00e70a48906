const SECRET_NAME =
  /^(?:.*[_.-])?(?:api_?key|password|passwd|pwd|secret|token|authorization|cookie|credentials?|private_?key)$/i;

/** Whether a key of this name holds a credential. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.slice(-64).replace(/([a-z])([A-Z])/g, "$1_$2"));
}
