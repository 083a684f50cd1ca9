/** The locale of the components' own texts, in the place of their hook that asks the browser: the application is in English, and asking takes up to 0.3 s. */
export function useDefaultLocale(): { locale: string; direction: "ltr" } {
  return ENGLISH;
}

/** What they ask for outside of a component. */
export function getDefaultLocale(): { locale: string; direction: "ltr" } {
  return ENGLISH;
}

const ENGLISH = { locale: "en-US", direction: "ltr" } as const;
