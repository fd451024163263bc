// SPDX-License-Identifier: MIT
//
// Compares our hours with opening_hours.js: random expressions of the supported grammar (seeded), in
// three time zones with the holidays of three countries.  Usage: node hours.mjs HOURS_ORACLE [COUNT [SEED]]
//
// Days on which a clock changes, and their neighbours, are left out: there the reference counts hours
// from midnight instead of reading the clock (tests/unit/test_hours.c holds us to design.md there).
//
// Where the reference says one thing when it walks from change to change and another when it is asked
// for a moment, the moment counts (sampled()): its walk misses changes, or says "infinite loop".
//
// Outright faults of the reference, and how each is got round without leaving our side out:
// 1. `PH -1 day,Mo`: a list that begins with a moved holiday is read as two conditions (both must hold);
//    everywhere else, and in the specification, a comma means either.  It gets the list turned round.
// 2. `PH,PH -1 day Mo-Fr` the other way round: two conditions are read as one list.  It gets
//    `PH -1 day,PH Mo-Fr`.
// 3. `Feb 20-28` and `Feb 20-29` never match in most years, because the day after the last one is looked
//    for in February.  It gets `Feb 20-Feb 28`, and `,Feb 29` beside it.
// 4. `Jan 10-Feb 29` takes in 1 March where there is no 29 February.  Treated like 3.
// 5. `Jan 01,Jul,Sep 28`: in a list that changes between dates and months, some become a condition of
//    their own, and a date with a year is refused behind a month.  It gets the dates first.  Before `Su[1]`
//    that does not help either: not generated.
// 6. `Apr Sa[1,3]` is refused right behind a month.  It gets `Apr Sa[1],Sa[3]`.
// 7. `Mar 05-Mar 04`, a range that ends where it begins a year later, never matches.  Not generated.
// 8. `Su[5] +2 days` is lost when it lies in the next month and that has no fifth Sunday, and so is
//    `Su[-5] -2 days`.  Fifth weekdays are not generated with an offset.
// 9. `2025 Aug 04:00-12:00` is refused.  It gets `2025 Aug-Aug 04:00-12:00`.
// 10. A holiday of 1 January that is observed on 31 December (United States, when it is a Saturday) is
//    known to `PH -1 day` and not to `PH`.  Those days are left out.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import OpeningHours from 'opening_hours';

const DAY = 86400000;
const STEP = 15; // minutes; every generated time is a multiple of it
const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const PLACES = {
	'America/Chicago': { country_code: 'us', state: 'Texas' },
	'Europe/Berlin': { country_code: 'de', state: 'Berlin' },
	'Australia/Sydney': { country_code: 'au', state: 'New South Wales' },
};
// What the reference takes and design.md leaves out: expression, mode of the reference, how we name it.
const REFUSED = [
	['Mo-Fr sunrise-18:00', 0, 'sunrise'], ['Mo-Fr 08:00-sunset', 0, 'sunset'],
	['dawn-dusk', 0, 'dawn'], ['08:00-dusk', 0, 'dusk'], ['(sunrise+01:00)-18:00', 0, 'calculated time'],
	['week 1-10 Mo 08:00-12:00', 0, 'week'], ['week 1-53/2', 0, 'week'],
	['Mo 08:00-12:00 || Tu 08:00-12:00', 0, '||'], ['Mo-Fr 18:00+', 0, 'open end'],
	['Mo 10:00-12:00+', 0, 'open end'], ['2026+ Mo', 0, 'open end'], ['SH off', 0, 'SH'],
	['SH,PH 10:00-12:00', 0, 'SH'], ['Mo 10:00-12:00 "by appointment"', 0, 'comment'],
	['"on call"', 0, 'comment'], ['easter off', 0, 'easter'], ['Mo 10:00-12:00 unknown', 0, 'unknown'],
	['2024-2030/2', 0, 'repetition'], ['Jan 01-20/3', 0, 'repetition'], ['Mo 10:00', 2, 'point in time'],
	['Mo-Fr 09:00,17:00', 2, 'point in time'], ['10:00-16:00/90', 2, 'repetition'],
];

// --- random expressions ---

let state = 0;
function random() { // mulberry32
	state = (state + 0x6D2B79F5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = n => Math.floor(random() * n);
const chance = p => random() < p;
const pick = list => list[below(list.length)];
const two = n => String(n).padStart(2, '0');
const times = (n, make) => Array.from({ length: n }, make);
const few = () => (chance(0.6) ? 1 : chance(0.7) ? 2 : 3);
const clock = minutes => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
const shift = most => ` ${pick(['+', '-'])}${1 + below(most)} day${pick(['', 's'])}`;

function span() {
	const from = below(96) * STEP;
	if (chance(0.03))
		return `${clock(from)}-${clock(from)}`;
	if (chance(0.1)) // past midnight, written as such
		return `${clock(from)}-${clock(1440 + below(97) * STEP)}`;
	if (chance(0.2)) // past midnight, by its end
		return `${clock(960 + below(32) * STEP)}-${clock(below(48) * STEP)}`;
	const steps = 1 + below(Math.min(40, 96 - from / STEP));
	return `${clock(from)}-${clock(from + steps * STEP)}`;
}

const NTHS = [1, 2, 3, 4, -1, -2, -3, -4, '2-3', '1,3', '1,-1', '1-4', '2-4,-2'];

function weekday() {
	const day = pick(WEEKDAYS);
	if (chance(0.1))
		return `${day}[${pick(NTHS)}]${shift(6)}`;
	if (chance(0.15))
		return `${day}[${pick([...NTHS, 5, -5, '1-5'])}]`;
	return chance(0.5) ? `${day}-${pick(WEEKDAYS)}` : day;
}

// Fault 6: each number with a weekday of its own.
function singly(list) {
	return list.replace(/^(..)\[([^\]]*)\]( [-+]\d days?)?/, (_, day, numbers, moved = '') => {
		const each = numbers.split(',').flatMap(n => {
			const range = /^(\d)-(\d)$/.exec(n);
			return range ? times(range[2] - range[1] + 1, (__, i) => Number(range[1]) + i) : [n];
		});
		return each.map(n => `${day}[${n}]${moved}`).join(',');
	});
}

const holiday = () => (chance(0.3) ? `PH${shift(1).replace('days', 'day')}` : 'PH');

// A condition on days, as we get it and as the reference does.
function days() {
	const a = times(few(), weekday);
	const p = [holiday()];
	if (chance(0.65))
		return [a.join(','), a.join(',')];
	if (chance(0.3))
		return [p[0], p[0]];
	if (chance(0.4)) { // both conditions
		if (chance(0.3))
			p.push(p[0] === 'PH' ? 'PH -1 day' : 'PH');
		const moved = [...p].sort((x, y) => y.length - x.length); // fault 2
		return [`${p.join(',')} ${a.join(',')}`, `${moved.join(',')} ${a.join(',')}`];
	}
	const after = `${a.join(',')},${p[0]}`;
	if (chance(0.5))
		return [after, after];
	const before = `${p[0]},${a.join(',')}`;
	return [before, p[0] === 'PH' ? before : after]; // fault 1
}

const year = () => 2024 + below(8);

function untilFebruary(from, day) { // faults 3 and 4
	return day === 29 ? `${from}-Feb 28,Feb 29` : `${from}-Feb ${two(day)}`;
}

function dateRange() {
	const m = below(12), n = below(12);
	const d = 1 + below(MONTH_DAYS[m]), e = 1 + below(MONTH_DAYS[n]);
	const from = `${MONTHS[m]} ${two(d)}`, until = `${MONTHS[n]} ${two(e)}`;
	if (chance(0.25)) { // with years
		const y = year();
		const last = `${y + 1 + below(2)} ${MONTHS[n]} ${two(Math.min(e, 28))}`;
		const ours = `${y} ${MONTHS[m]} ${two(Math.min(d, 28))}-${last}`;
		return [ours, ours];
	}
	if (m === n && e < d)
		return dateRange(); // would run backwards by a part of a month or be fault 5
	if (n === 1 && e === 29)
		return [`${from}-${until}`, untilFebruary(from, e)];
	if (new Date(2023, n, e + 1).getTime() === new Date(2023, m, d).getTime())
		return dateRange(); // fault 5
	return [`${from}-${until}`, `${from}-${until}`];
}

function date() {
	const m = below(12);
	const d = 1 + below(MONTH_DAYS[m]);
	const y = chance(0.15) ? `${year()} ` : '';
	const one = `${y}${MONTHS[m]} ${two(y ? Math.min(d, 28) : d)}`;
	if (chance(0.5))
		return [one, one];
	if (chance(0.4))
		return dateRange();
	const from = y ? Math.min(d, 28) : d;
	const e = from + below((y ? 28 : MONTH_DAYS[m]) - from + 1);
	const ours = `${one}-${two(e)}`;
	if (m !== 1 || e < 28)
		return [ours, ours];
	return y ? [ours, `${one}-${y}Feb ${two(e)}`] : [ours, untilFebruary(one, e)];
}

function dates() {
	const list = times(few(), () => {
		if (chance(0.6))
			return date();
		const m = chance(0.5) ? pick(MONTHS) : `${pick(MONTHS)}-${pick(MONTHS)}`;
		return [m, m];
	});
	const theirs = list.map(x => x[1]).sort((x, y) => /\d/.test(y) - /\d/.test(x)); // fault 5
	return [list.map(x => x[0]).join(','), theirs.join(',')];
}

function years() {
	const list = times(few(), () => {
		const y = year();
		return chance(0.5) ? String(y) : `${y}-${y + 1 + below(4)}`;
	});
	return list.join(',');
}

// One rule: [ours, theirs, may be followed by a comma].
function rule() {
	if (chance(0.03))
		return ['24/7', '24/7', false];
	const parts = [];
	if (chance(0.08))
		parts.push([years(), null]);
	if (chance(0.25))
		parts.push(dates());
	if (parts.length === 2 && /^\d+$/.test(parts[0][0]) && parts[1].some(x => /^... \d/.test(x)))
		parts.shift(); // the year would become the date's
	if (chance(0.7)) {
		const [ours, theirs] = days();
		const before = parts.length > 0 ? parts[parts.length - 1][1] ?? '' : '';
		const month = /[a-z]$/.test(before);
		if (month && /\d/.test(before) && theirs[2] === '[')
			return rule(); // fault 5
		parts.push([ours, month ? singly(theirs) : theirs]);
	}
	else if (parts.length === 2 && /^[A-Za-z]+$/.test(parts[1][1]))
		parts[1][1] += `-${parts[1][1]}`; // fault 9
	const timed = chance(0.8) || parts.length === 0;
	if (timed)
		parts.push([times(few(), span).join(','), null]);
	const word = chance(0.2) ? pick(['off', 'off', 'closed', 'open']) : '';
	if (word)
		parts.push([word, null]);
	return [parts.map(x => x[0]).join(' '), parts.map(x => x[1] ?? x[0]).join(' '), timed || word !== ''];
}

function noisy(text) {
	const cased = text.replace(/[A-Za-z]+/g, w => pick([w, w, w.toLowerCase(), w.toUpperCase()]));
	return cased.replace(/[,;-]/g, c => pick([c, c, ` ${c}`, `${c} `, ` ${c}  `]));
}

function expression() {
	let [ours, theirs, comma] = rule();
	for (let n = below(4); n > 0; n--) {
		const separator = comma && chance(0.3) ? ', ' : '; ';
		const next = rule();
		ours += separator + next[0];
		theirs += separator + next[1];
		comma = next[2];
	}
	if (ours === theirs && chance(0.3))
		ours = theirs = noisy(ours);
	return { ours, theirs };
}

// --- days and spans ---

const dateText = day => new Date(day * DAY).toISOString().slice(0, 10);
const dayOf = d => Math.round(Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()) / DAY);
function midnight(day) {
	const d = new Date(day * DAY);
	return new Date(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate());
}

function nearClockChange(day) {
	const at = [-1, 0, 1, 2].map(i => midnight(day + i).getTimezoneOffset());
	return at.some(offset => offset !== at[0]);
}

// Fault 10.
function newYearObserved(zone, day) {
	const newYear = new Date(Date.UTC(new Date((day + 5) * DAY).getUTCFullYear(), 0, 1));
	const near = Math.abs(newYear / DAY - day) < 4;
	return near && newYear.getUTCDay() === 6 && PLACES[zone].country_code === 'us';
}

// A month or so around what the expression names, and the turn of a year.
function windows(text) {
	const months = MONTHS.map((m, i) => (new RegExp(m, 'i').test(text) ? i : -1)).filter(i => i >= 0);
	const years = [...text.matchAll(/20\d\d/g)].map(m => Number(m[0]));
	const y = () => (years.length && chance(0.7) ? pick(years) : year());
	const month = () => (months.length && chance(0.8) ? pick(months) : below(12));
	const named = dayOf(new Date(y(), month(), 1)) - 2;
	const turn = dayOf(new Date(y(), 11, 24));
	return [[named, named + 32], [turn, turn + 12]];
}

function walked(oh, from, until) {
	const spans = new Map();
	const put = (day, a, b) => {
		const list = spans.get(day) ?? spans.set(day, []).get(day);
		if (a < b)
			list.push([a, b]);
	};
	for (const [begin, end] of oh.getOpenIntervals(midnight(from), midnight(until))) {
		const minute = d => d.getHours() * 60 + d.getMinutes();
		const last = dayOf(end);
		for (let day = dayOf(begin); day <= last; day++)
			put(day, day === dayOf(begin) ? minute(begin) : 0, day === last ? minute(end) : 1440);
	}
	return spans;
}

function text(list) {
	const merged = [];
	for (const [a, b] of list ?? []) {
		if (merged.length && merged[merged.length - 1][1] >= a)
			merged[merged.length - 1][1] = Math.max(b, merged[merged.length - 1][1]);
		else
			merged.push([a, b]);
	}
	return merged.map(s => s.join('-')).join(',');
}

function sampled(oh, day) {
	const at = midnight(day);
	const list = [];
	for (let minute = 0; minute < 1440; minute += STEP) {
		if (oh.getStatePair(new Date(at.getFullYear(), at.getMonth(), at.getDate(), 0, minute))[0])
			list.push([minute, minute + STEP]);
	}
	return text(list);
}

// --- one zone ---

function holidaysOf(place) {
	const oh = new OpeningHours('PH', place);
	const list = [];
	for (let day = dayOf(new Date(2022, 0, 1)); day < dayOf(new Date(2042, 0, 1)); day++) {
		if (oh.getStatePair(new Date(midnight(day).getTime() + DAY / 2))[0])
			list.push(day);
	}
	return list;
}

function answers(program, lines) {
	const input = lines.join('\n') + '\n';
	const run = spawnSync(program, { input, maxBuffer: 1 << 30, encoding: 'utf8' });
	if (run.status !== 0)
		throw new Error(`${program} ended with ${run.status ?? run.signal}: ${run.stderr}`);
	return run.stdout.split('\n');
}

function ourSpans(answer) {
	return new Map(answer.split(' ').slice(1).map(part => {
		const [day, spans] = part.split(':');
		return [Number(day), spans];
	}));
}

// null, or what differs.
function compare(oh, zone, window, answer) {
	const ours = ourSpans(answer);
	let theirs = null;
	try {
		theirs = walked(oh, ...window);
	} catch (error) {
		if (!/infinite loop/.test(String(error)))
			throw error;
	}
	for (let day = window[0]; day < window[1]; day++) {
		const own = ours.get(day) ?? '';
		if (theirs && text(theirs.get(day)) === own)
			continue;
		if (nearClockChange(day) || newYearObserved(zone, day))
			continue;
		const moment = sampled(oh, day);
		if (moment !== own)
			return `${dateText(day)}: we say ${own || 'off'}, they ${moment || 'off'}`;
	}
	return null;
}

function zoneRun(program, zone, count, seed) {
	const place = { lat: '30', lon: '-97', address: PLACES[zone] };
	const holidays = holidaysOf(place).join(',');
	state = seed;
	const cases = times(count, expression);
	state = seed + Object.keys(PLACES).indexOf(zone) + 1; // each zone looks at other days
	for (const c of cases)
		c.windows = windows(c.ours);
	const asked = cases.flatMap(c => c.windows.map(w => [c.ours, ...w, holidays].join('\t')));
	const lines = answers(program, asked);
	let passed = 0, failed = 0, next = 0;
	for (const c of cases) {
		let wrong = null;
		let oh = null;
		try {
			oh = new OpeningHours(c.theirs, place);
		} catch (error) {
			wrong = `the reference refuses "${c.theirs}": ${error}`;
		}
		for (const window of c.windows) {
			const answer = lines[next++];
			if (!wrong)
				wrong = answer.startsWith('ok') ? compare(oh, zone, window, answer) : answer;
		}
		if (wrong && failed < 20)
			console.log(`${zone}: "${c.ours}": ${wrong}`);
		wrong ? failed++ : passed++;
	}
	return { passed, failed };
}

// --- all of it ---

function refusedRun(program) {
	const place = { lat: '30', lon: '-97', address: { ...PLACES['Europe/Berlin'] } };
	const lines = answers(program, REFUSED.map(([e]) => `${e}\t20000\t20001\t`));
	let passed = 0, failed = 0;
	REFUSED.forEach(([e, mode, name], i) => {
		new OpeningHours(e, place, mode); // throws if the reference does not know it
		const good = lines[i].startsWith('error') && lines[i].includes(name);
		if (!good)
			console.log(`"${e}" should be refused by the name "${name}": ${lines[i]}`);
		good ? passed++ : failed++;
	});
	return { passed, failed };
}

function zoneStart(program, zone, count, seed) {
	const child = spawn(process.execPath, [fileURLToPath(import.meta.url), program, count, seed, zone],
			    { env: { ...process.env, TZ: zone }, stdio: ['ignore', 'pipe', 'inherit'] });
	let output = '';
	child.stdout.on('data', data => { output += data; });
	return new Promise(resolve => child.on('close', status => {
		const lines = output.trimEnd().split('\n');
		const sums = status === 0 ? JSON.parse(lines.pop()) : { passed: 0, failed: 1 };
		if (lines.length)
			console.log(lines.join('\n'));
		resolve(sums);
	}));
}

const [program, count = '4000', seed = '20261123', zone] = process.argv.slice(2);
if (!program) {
	console.error('usage: node hours.mjs HOURS_ORACLE [COUNT [SEED]]');
	process.exit(2);
}
if (zone) {
	console.log(JSON.stringify(zoneRun(program, zone, Number(count), Number(seed))));
} else {
	const runs = Object.keys(PLACES).map(z => zoneStart(program, z, count, seed));
	const sums = [refusedRun(program), ...await Promise.all(runs)];
	const passed = sums.reduce((n, s) => n + s.passed, 0);
	const failed = sums.reduce((n, s) => n + s.failed, 0);
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed ? 1 : 0);
}
