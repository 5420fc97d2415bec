// Boost.Beast: a server that says hello (W11), with callbacks, as its examples are.

#include <memory>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "harness/peer.hpp"

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using boost::asio::ip::tcp;
using Error = beast::error_code;

/// One connection, which lives as long as something is awaited on it.
class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket socket) : stream_(std::move(socket)) {
    stream_.socket().set_option(tcp::no_delay(true));
  }

  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](Error error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    response_ = {http::status::ok, request_.version()};
    response_.set(http::field::content_type, "text/plain");
    response_.keep_alive(request_.keep_alive());
    response_.body() = "hello\n";
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](Error error, std::size_t) {
      if (!error) self->read();
    });
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::empty_body> request_;
  http::response<http::string_body> response_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](Error error, tcp::socket socket) {
    if (!error) std::make_shared<Session>(std::move(socket))->read();
    accept(acceptor);
  });
}

peers::Done serve(long, long) {
  boost::asio::io_context loop(1);
  tcp::acceptor acceptor(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
  peers::announce_port(acceptor.local_endpoint().port());
  accept(acceptor);
  loop.run();
  return {};
}

}  // namespace

int main(int argc, char** argv) { return peers::measure(argc, argv, {{"W11", serve, false}}); }
