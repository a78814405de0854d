// X25519MLKEM768 by OpenSSL 3.5, which Node 24 brings along: run by pq-node.sh, which says with
// what. Prints one line of JSON for each conversation.
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

const [mode, folder, party, port, group] = process.argv.slice(2);
const home = (of) => `${folder}/${of}/keys`;
const other = party === 'gbr' ? 'fra' : 'gbr';
const options = {
  cert: readFileSync(`${home(party)}/tls-cert.pem`),
  key: readFileSync(`${home(party)}/tls-key.pem`),
  ca: readFileSync(`${home(other)}/ca-cert.pem`),
  ALPNProtocols: ['entente/1'],
  minVersion: 'TLSv1.3',
  ecdhCurve: group,
};
const say = (what) => console.log(JSON.stringify({ openssl: process.versions.openssl, group, ...what }));
const deadline = setTimeout(() => { say({ error: 'nothing within 20 s' }); process.exit(1); }, 20_000);

const seen = (socket, hello) => say({
  in: true,
  protocol: socket.getProtocol(),
  cipher: socket.getCipher().standardName,
  alpn: socket.alpnProtocol,
  resumed: socket.isSessionReused(),
  peer: socket.getPeerCertificate().subjectaltname,
  hello: hello.length,
});

if (mode === 'dial') {
  const socket = tls.connect({ ...options, host: '127.0.0.1', port: Number(port), servername: `${other}.entente.example` });
  let tickets = 0;
  socket.on('session', () => { tickets += 1; });
  // The daemon says hello first; only then is it certain that it took our certificate.
  socket.once('data', (hello) => {
    seen(socket, hello);
    clearTimeout(deadline);
    setTimeout(() => { if (tickets) say({ error: `${tickets} tickets` }); socket.destroy(); process.exit(tickets ? 1 : 0); }, 300);
  });
  socket.once('error', (error) => { say({ in: false, error: error.code ?? error.message }); process.exit(2); });
  socket.once('end', () => { say({ in: false, error: 'closed without a word' }); process.exit(3); });
} else {
  const server = tls.createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (socket) => {
    socket.once('data', (hello) => { seen(socket, hello); process.exit(0); });
    socket.on('error', () => {});
  });
  server.on('tlsClientError', (error) => { say({ in: false, error: error.code ?? error.message }); process.exit(2); });
  server.listen(Number(port), '127.0.0.1');
}
