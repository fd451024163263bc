// SPDX-License-Identifier: MIT
//
// Pushes, reads back, finds drift, goes back, places a test call, calls a customer back and sends texts, with every request and answer judged by
// Twilio's published contract.  Usage: node twilio.mjs NEVERMISS FOLDER (twilio.sh does the rest).
//
//   nevermiss -> front (one port for both hosts) -> Prism, one a contract -> an account that remembers
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [program, files] = process.argv.slice(2);
const SID = 'AC' + 'a'.repeat(32), NUMBER = '+15125550100', CALLER = '+15125550142', HOST = '127.0.0.1';
const contracts = ['twilio-api', 'twilio-studio'].map(name => join(files, `${name}.openapi.json`));
const specs = contracts.map(file => JSON.parse(readFileSync(file, 'utf8')));
let passed = 0, failed = 0;

function check(what, ok, detail = '') {
	if (ok)
		passed++;
	else
		failed++;
	if (!ok)
		console.log(`FAILED: ${what}\n${detail}`);
}

// --- the account: the contract's own examples, and what was pushed since ---

function example(id, status) {
	for (const spec of specs)
		for (const path of Object.values(spec.paths))
			for (const operation of Object.values(path))
				if (operation.operationId === id) {
					const content = operation.responses[status].content['application/json'];
					return structuredClone(Object.values(content.examples)[0].value);
				}
	throw new Error(`no example of ${id}`);
}

const number = { ...example('FetchIncomingPhoneNumber', '200'), phone_number: NUMBER, account_sid: SID,
		 voice_url: '', voice_fallback_url: '', voice_application_sid: '', trunk_sid: null };
const flows = [];
let draft = false;

function change(flow, form) {
	if (form.has('Definition'))
		flow.definition = JSON.parse(form.get('Definition'));
	flow.friendly_name = form.get('FriendlyName') ?? flow.friendly_name;
	flow.status = form.get('Status');
	flow.revision++;
	return flow;
}

function create(form) {
	const sid = 'FW' + String(flows.length).padStart(32, '0');
	const flow = { ...example('CreateFlow', '201'), sid, revision: 0,
		       webhook_url: `http://webhooks.twilio.com/v1/Accounts/${SID}/Flows/${sid}` };
	flows.push(flow);
	return change(flow, form);
}

// --- calls: over as soon as they are made ---

const calls = [];

function leg(n, to, direction, status, from, until, parent = null) {
	const at = seconds => new Date(calls.made + seconds * 1000).toUTCString().replace('GMT', '+0000');
	return { ...example('CreateCall', '201'), sid: 'CA' + String(n).padStart(32, '0'), account_sid: SID, to,
		 from: CALLER, direction, status, parent_call_sid: parent, date_created: at(from),
		 start_time: at(from), end_time: at(until), date_updated: at(until),
		 duration: status === 'completed' ? String(until - from) : null };
}

// The customer has answered, and they talk.
function callBack(form) {
	const [person, customer] = [leg(6, form.get('To'), 'outbound-api', 'in-progress', 0, 0),
				    leg(7, decodeURIComponent(/[?;]to=([^&]*)/.exec(form.get('Twiml'))[1]), 'outbound-dial', 'in-progress', 6, 0)];
	for (const call of [person, customer])
		Object.assign(call, { from: form.get('From'), end_time: null, duration: null });
	customer.parent_call_sid = person.sid;
	calls.push(person, customer);
	return { ...person, status: 'queued', start_time: null };
}

function placeCall(form) {
	calls.made = Date.now();
	calls.form = form;
	if (form.get('Twiml').includes('step=back'))
		return callBack(form);
	calls.push(leg(1, form.get('To'), 'outbound-api', 'completed', 0, 60));
	calls.push(leg(2, form.get('To'), 'inbound', 'completed', 1, 60));
	calls.push(leg(3, '+15125550111', 'outbound-dial', 'no-answer', 5, 28, calls[1].sid));
	calls.push(leg(4, '+15125550114', 'outbound-dial', 'no-answer', 5, 28, calls[1].sid));
	calls.push(leg(5, 'sip:desk@example.org', 'outbound-dial', 'busy', 29, 30, calls[1].sid));
	return { ...calls[0], status: 'queued', end_time: null, duration: null };
}

function listCalls(query) {
	const parent = query.get('ParentCallSid');
	return { ...example('ListCall', '200'), next_page_uri: null,
		 calls: calls.filter(call => call.parent_call_sid === parent) };
}

// --- texts: as many as are asked for ---

const texts = [];
let broken = 0; // answers 500 after so many texts were sent

function sendText(form) {
	texts.push({ ...example('CreateMessage', '201'), sid: 'SM' + String(texts.length + 1).padStart(32, '0'),
		     account_sid: SID, from: form.get('From'), to: form.get('To'), body: form.get('Body'), status: 'queued',
		     direction: 'outbound-api', date_created: new Date().toUTCString().replace('GMT', '+0000'),
		     date_sent: null, error_code: null, error_message: null });
	return broken-- > 0 ? [500, { code: 20500, message: 'Internal', status: 500 }] : [201, texts.at(-1)];
}

function listTexts(query) {
	return { ...example('ListMessage', '200'), next_page_uri: null,
		 messages: texts.filter(text => text.to === query.get('To') && text.from === query.get('From')) };
}

function serve(method, url, form) {
	const path = url.pathname, flow = flows.find(one => path.includes(one.sid));
	if (path.endsWith('/IncomingPhoneNumbers.json'))
		return [200, { ...example('ListIncomingPhoneNumber', '200'),
			      incoming_phone_numbers: [number, { ...number, phone_number: CALLER }] }];
	if (path.endsWith('/Calls.json'))
		return method === 'POST' ? [201, placeCall(form)] : [200, listCalls(url.searchParams)];
	if (path.endsWith('/Messages.json'))
		return method === 'POST' ? sendText(form) : [200, listTexts(url.searchParams)];
	if (path.includes('/Messages/'))
		return [200, { ...texts.find(text => path.includes(text.sid)), status: 'delivered' }];
	if (path.includes('/IncomingPhoneNumbers/')) {
		if (method === 'POST')
			[number.voice_url, number.voice_fallback_url] = [form.get('VoiceUrl') ?? number.voice_url,
				form.get('VoiceFallbackUrl') ?? number.voice_fallback_url];
		return [200, number];
	}
	if (path === '/v2/Flows/Validate')
		return [200, { valid: true }];
	if (path === '/v2/Flows' && method === 'POST')
		return [201, create(form)];
	if (path === '/v2/Flows')
		return [200, { ...example('ListFlow', '200'), flows: flows.map(one => ({ ...one, definition: null })) }];
	if (!flow)
		return [404, { code: 20404, message: 'The requested resource was not found',
			       more_info: 'https://www.twilio.com/docs/errors/20404', status: 404 }];
	if (method === 'POST')
		return [200, change(flow, form)];
	if (method === 'DELETE') {
		flow.sid = 'gone';
		return [204];
	}
	return [200, { ...example('FetchFlowRevision', '200'), sid: flow.sid, friendly_name: flow.friendly_name,
		       definition: flow.definition, revision: flow.revision,
		       status: draft && path.endsWith('/LatestRevision') ? 'draft' : flow.status }];
}

// --- the ports ---

async function body(message) {
	const parts = [];
	for await (const part of message)
		parts.push(part);
	return Buffer.concat(parts);
}

function listen(handler) {
	return new Promise(resolve => {
		const server = http.createServer(handler).listen(0, HOST, () => resolve(server));
	});
}

const account = await listen(async (request, response) => {
	const form = new URLSearchParams((await body(request)).toString());
	const [status, answer] = serve(request.method, new URL(request.url, `http://${HOST}`), form);
	response.writeHead(status, answer ? { 'content-type': 'application/json' } : {});
	response.end(answer && JSON.stringify(answer));
});

async function freePort() {
	const server = await listen(() => {});
	const port = server.address().port;
	await new Promise(resolve => server.close(resolve));
	return port;
}

async function prism(file) {
	const port = await freePort();
	const child = spawn('node_modules/.bin/prism', ['proxy', '-h', HOST, '-p', String(port), '--errors', file,
							 `http://${HOST}:${account.address().port}`]);
	await new Promise((resolve, reject) => {
		child.stdout.on('data', data => {
			if (data.includes('Prism is listening'))
				resolve();
		});
		child.on('exit', status => reject(new Error(`prism ended: ${status}`)));
	});
	return { child, port };
}

const judges = [await prism(contracts[0]), await prism(contracts[1])];
let requests = 0;
const front = await listen(async (request, response) => {
	const sent = await body(request), { port } = judges[request.url.startsWith('/v2/') ? 1 : 0];
	const passedOn = http.request({ host: HOST, port, path: request.url, method: request.method,
					headers: { ...request.headers, host: `${HOST}:${port}` } });
	passedOn.on('response', async answer => {
		const text = await body(answer);
		requests++;
		if (answer.statusCode >= 400 && answer.statusCode !== 404 && !(broken === 0 && request.method === 'POST'))
			check(`${request.method} ${request.url}`, false, `${answer.statusCode} ${text}`);
		response.writeHead(answer.statusCode, answer.statusCode === 204 ? {} : { 'content-type': 'application/json' });
		response.end(text);
	});
	passedOn.end(sent);
});

// --- the runs ---

const folder = mkdtempSync(join(tmpdir(), 'contract-'));
const plan = join(folder, 'plan.conf');

function writePlan(more = '', line = '') {
	writeFileSync(plan, `
business = "Smith"  timezone = "America/Chicago"  country = "US"
account twilio { driver = twilio  sid = "${SID}"  token_env = "NM_CONTRACT_TOKEN"
                 endpoint = "http://${HOST}:${front.address().port}"  whisper = "https://example.com/ask" }
line main { number = "${NUMBER}"  account = twilio  ${line} }
schedule open { hours = "Mo-Fr 08:00-18:00" }
callers vip { numbers = { "+15125550142", anonymous } }
destination owner { kind = personal  number = "+15125550111" }
destination sam { kind = personal  number = "+15125550114"  confirm = yes }
destination desk { kind = backup  role = staff  address = "sip:desk@example.org" }
destination box { kind = voicemail  greeting = "You've reached Smith & Söhne: 100 % sure + \\"soon\\"" }
path day { greeting = "Hello"  lasts = 3s  step { ring = { owner, sam }  for = 20s }
           step { ring = desk  for = 9s }  step { ring = box } }
path night { step { ring = box } }
rule vip { callers = vip  path = day }
rule open { during = open  path = day }
rule closed { path = night }
emergency { key = "9"  path = day  alert = owner }
${more}`);
}

function run(...args) {
	return new Promise(resolve => {
		const child = spawn(program, ['-p', plan, '--data', folder, ...args],
				    { env: { ...process.env, NM_CONTRACT_TOKEN: 'secret' } });
		let text = '';
		child.stdout.on('data', data => { text += data; });
		child.stderr.on('data', data => { text += data; });
		child.on('close', status => resolve({ status, text }));
	});
}

async function expect(what, status, part, ...args) {
	const result = await run(...args);
	check(what, result.status === status && result.text.includes(part), `exit ${result.status}\n${result.text}`);
}

writePlan();
await expect('nothing is there', 1, 'nothing', 'diff');
await expect('the first push', 0, 'pushed, read back, same', 'push', '--yes');
const said = text => JSON.stringify(flows[0].definition).includes(text);
check('an emergency alerts its people', said('Smith: emergency call to line main'));
check('the number points to the flow', number.voice_url === flows[0]?.webhook_url, number.voice_url);
await expect('in sync', 0, 'in sync', 'diff');
writePlan('override off { from = "2027-03-01 12:00"  until = "2027-03-02 12:00"  path = night }');
await expect('the plan has changed', 1, 'Mon 1 Mar 2027', 'diff');
await expect('the second push', 0, 'pushed, read back, same', 'push', '--yes');
check('nothing was created twice', flows.length === 1 && flows[0].revision === 2);
number.voice_url = 'https://example.com/other';
await expect('drift', 1, 'https://example.com/other', 'diff');
await expect('mended', 0, 'pushed, read back, same', 'push', '--yes');
await expect('gone back', 0, 'put back, read back, same', 'rollback', '--yes', '--line', 'main');
check('the number is as it was', number.voice_url === 'https://example.com/other', number.voice_url);
await expect('a call for real', 0, 'as the plan says (rings may', 'simulate', '--place', '--yes', '--from', CALLER);
check('it goes to the line', calls.form?.get('To') === NUMBER && calls.form.get('From') === CALLER, String(calls.form));
check('it ends by itself', /^<Response><Pause length="\d+"\/><Hangup\/><\/Response>$/.test(calls.form?.get('Twiml')));
await expect('its record', 0, 'main: 1 new, 0 mended, 0 known', 'calls', 'import', '--account', 'twilio');
await expect('what became of it', 0, 'probably voicemail after 29 s', 'calls', 'list');
await expect('once', 0, 'main: 0 new, 0 mended, 1 known', 'calls', 'import', '--account', 'twilio', '--since',
	new Date(Date.now() - 29 * 864e5).toISOString().slice(0, 10));
await expect('somebody to call back', 0, '#', 'followup', 'add', '--channel', 'web', '--number', '+15125550133', '--line', 'main');
const [{ id }] = JSON.parse((await run('followup', 'list', '--json')).text).followups.filter(one => one.number === '+15125550133');
await expect('called back', 0, 'reached the customer', 'followup', 'call', String(id), '--from', 'sam', '--yes');
check('sam is rung by the line', calls.form?.get('To') === '+15125550114' && calls.form.get('From') === NUMBER, String(calls.form));
const gather = '<Gather action="https://example.com/ask?step=back&amp;to=%2B15125550133&amp;timeout=30" method="POST" ' +
      'numDigits="1" timeout="5"><Say>Press 1 to call your customer back.</Say></Gather>';
check('and asked to press 1', calls.form?.get('Twiml') === `<Response>${gather}${gather}<Hangup/></Response>`,
      calls.form?.get('Twiml'));
calls.splice(5); // not in the records any more
const FALLBACK = 'fallback = "+15125550198"';
const TEXT = 'text_back { missed = "Sorry: 100 % + {you}"  account = twilio }';
writePlan('', FALLBACK);
await expect('with a fallback', 0, 'pushed, read back, same', 'push', '--yes');
const ours = flows.find(flow => flow.friendly_name === `nevermiss fallback:${NUMBER}`);
check('the number falls back to its flow', number.voice_fallback_url === ours?.webhook_url, number.voice_fallback_url);
draft = true;
await expect('somebody has a draft', 0, 'an unpublished draft', 'diff');
draft = false;
number.voice_fallback_url = '';
await expect('no fallback', 1, 'live no fallback', 'diff');
writePlan(TEXT, `${FALLBACK}  text_in_flow = yes`);
await expect('a text in the flow', 0, 'pushed, read back, same', 'push', '--yes');
check('the fallback was not made again', flows.length === 2 && number.voice_fallback_url === ours.webhook_url);
check('the flow texts', said('Sorry'));
writePlan(TEXT);
await expect('neither is wanted', 1, 'plan no fallback', 'diff');
await expect('both go', 0, 'pushed, read back, same', 'push', '--yes');
check('the fallback is gone', ours.sid === 'gone');
check('the flow texts nobody who was missed', !said('Sorry'));
await expect('in sync at the end', 0, 'in sync', 'diff');
await expect('a text', 0, 'sent (delivered)', 'text', '--to', 'owner', '--yes', '100 %', '+ caf\u00e9');
check('it is what was said', texts[0]?.body === '100 % + caf\u00e9' && texts[0].to === '+15125550111' && texts[0].from === NUMBER,
      JSON.stringify(texts));
broken = 1;
await expect('an error after the text', 0, 'sent (delivered)', 'text', '--to', 'owner', '--yes', '100 %', '+ caf\u00e9');
check('it was not sent again', texts.length === 2, String(texts.length));
check('requests were made', requests > 30, String(requests));

for (const { child } of judges) {
	child.removeAllListeners('exit');
	child.kill();
}
account.closeAllConnections();
account.close();
front.closeAllConnections();
front.close();
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
