export { factsDifferences } from './differences.ts';
export { factsScript, parseFacts } from './facts.ts';
export { parseSurvey, type Survey, surveyScript } from './survey.ts';
