// Loaded before a command that runs in a process of its own (`--import`): its library is not tried again where it passed before it.
import { tryLibraryOnce } from "./tested-library.mjs";

tryLibraryOnce(new URL(import.meta.url).searchParams.get("passed"));
