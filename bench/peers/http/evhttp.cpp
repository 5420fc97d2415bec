// libevent's evhttp: a server that says hello (W11).

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "harness/peer.hpp"

namespace {

void hello(evhttp_request* request, void*) {
  evbuffer* const body = evbuffer_new();
  evbuffer_add(body, "hello\n", 6);
  evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "text/plain");
  evhttp_send_reply(request, HTTP_OK, "OK", body);
  evbuffer_free(body);
}

int port_of(evhttp_bound_socket* bound) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(evhttp_bound_socket_get_fd(bound), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

peers::Done serve(long, long) {
  event_base* const base = event_base_new();
  evhttp* const server = evhttp_new(base);
  evhttp_set_gencb(server, hello, nullptr);
  peers::announce_port(port_of(evhttp_bind_socket_with_handle(server, "127.0.0.1", 0)));
  event_base_dispatch(base);
  return {};
}

}  // namespace

int main(int argc, char** argv) { return peers::measure(argc, argv, {{"W11", serve, false}}); }
