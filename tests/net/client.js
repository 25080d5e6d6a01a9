// SPDX-License-Identifier: MIT
// node client.js PROXYPORT URL https|http|fetch: prints status and body.
const http = require('http');
const https = require('https');
const tls = require('tls');

const [port, address, how] = process.argv.slice(2);
const url = new URL(address);
const secure = url.protocol === 'https:';
const to = `${url.hostname}:${url.port}`;

function tunnel(done) {
	http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: to })
	    .on('connect', (answer, socket) => {
		if (answer.statusCode !== 200)
			throw new Error(`CONNECT: ${answer.statusCode}`);
		if (!secure)
			return done(socket);
		const sealed = tls.connect({ socket, servername: url.hostname,
		    ALPNProtocols: ['http/1.1'] }, () => done(sealed));
	    }).end();
}

function show(answer) {
	let body = '';
	answer.on('data', (piece) => { body += piece; });
	answer.on('end', () => { console.log(answer.statusCode, body.trim()); });
}

async function fetchIt() {
	await fetch('data:,').catch(() => {});	// sets the global dispatcher
	const Agent = globalThis[Symbol.for('undici.globalDispatcher.1')]
	    .constructor;
	const dispatcher = new Agent({
		connect: (_, done) => tunnel((socket) => done(null, socket)),
	});
	const answer = await fetch(address, { dispatcher });
	console.log(answer.status, (await answer.text()).trim());
	await dispatcher.close();
}

if (how === 'fetch')
	fetchIt();
else if (secure)
	tunnel((socket) => https.get(address, {
	    createConnection: () => socket }, show));
else
	http.get({ host: '127.0.0.1', port, path: address,
	    headers: { host: to } }, show);
