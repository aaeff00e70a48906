/** What stands where a credential was. Nothing that looks for credentials matches it, so masking twice changes nothing. */
export const MASK = "[redacted]";
/**
 * Where something was cut: at the end of a text, as the last item of an array, as the value of the last member `"..."`.
 * In ASCII: one sign beyond Latin-1 would double the memory of the whole text.
 */
export const CUT = "...[cut]";
/** Stands for an array or object that contains itself, where it comes round again. */
export const CIRCULAR = "[circular]";
/** Stands for a value that threw when it was read. */
export const UNREADABLE = "[unreadable]";
