/** From now on this process tries the binary of node-llama-cpp once for each kind of card. Further calls change nothing. */
export function tryLibraryOnce(folder?: string): void;
