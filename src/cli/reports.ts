export const writeReports = async (_d: string): Promise<readonly string[]> => [];
