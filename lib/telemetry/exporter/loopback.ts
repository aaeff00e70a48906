const LOOPBACK_ADDRESSES = [
  /^127(\.\d{1,3}){3}$/,
  /^\[?::1\]?$/,
  /^\[?::ffff:(7f[0-9a-f]{2}:[0-9a-f]{1,4}|127\.[\d.]+)\]?$/,
];

/** Whether a hostname, as a URL has it, means this very machine. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  return LOOPBACK_ADDRESSES.some((address) => address.test(name));
}
