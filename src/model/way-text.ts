/** Which of a step's ways made the change, in words, and why the ways before it did not; the first one needs no reason. */
export const wayText = (way: { readonly title: string; readonly because: string }): string =>
  way.because === '' ? `by ${way.title}` : `by ${way.title}, because ${way.because}`;
