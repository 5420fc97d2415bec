// Node's http: a server that says hello (W11); its ws: an echo (W13).
const http = require('http');

const [work] = process.argv.slice(2);
if (work !== 'W11' && work !== 'W13') process.exit(3);
const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/plain');
  response.end('hello\n');
});
if (work === 'W13') {
  const { WebSocketServer } = require('ws');
  new WebSocketServer({ server }).on('connection', socket => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
}
server.listen(0, '127.0.0.1', 1024, () => {
  console.log(JSON.stringify({ port: server.address().port }));
});
