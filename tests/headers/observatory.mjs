// The grade that MDN's HTTP Observatory gives a server: what it retrieves, tests and scores is its own.
// Its `scan` knows no ports but 80 and 443, so its parts are put together here as `scan` does it.
//
//   node observatory.mjs NAME HOST HTTP-PORT HTTPS-PORT
import { pathToFileURL } from "node:url";

const [name, hostname, httpPort, httpsPort] = process.argv.slice(2);
const folder = process.env.RELIGHT_OBSERVATORY;
const part = (path) => import(pathToFileURL(`${folder}/src/${path}`).href);

const { ALL_TESTS } = await part("constants.js");
const { retrieve } = await part("retriever/retriever.js");
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part("grader/charts.js");
const { getGradeForScore, getScoreModifier } = await part("grader/grader.js");

const retrieved = await retrieve(hostname, { httpPort, httpsPort });
if (retrieved.responses.https?.status !== 200) {
  throw new Error(`${name}: the page answers ${retrieved.responses.https?.status}`);
}
const results = ALL_TESTS.map((test) => test(retrieved));
const modifiers = results.map((one) => (one.result ? getScoreModifier(one.result) : 0));
const losses = modifiers.filter((one) => one < 0).reduce((all, one) => all + one, 100);
const whole = modifiers.reduce((all, one) => all + one, 100);
const { grade, score } = getGradeForScore(losses >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? whole : losses);
const passed = results.filter((one) => one.pass).length;
console.log(`${name}: ${grade} ${score}, ${passed} of ${results.length} tests passed`);
results.forEach((one, index) => {
  if (!one.pass || modifiers[index] < 0) console.log(`  ${one.constructor.name}: ${one.result} (${modifiers[index]})`);
});
process.exitCode = grade === "A+" ? 0 : 1;
