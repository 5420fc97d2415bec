#include "serving.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <http/server.hpp>

#include <run_command.hpp>
#include "guard.hpp"
#include "work.hpp"

namespace book {

namespace {

void add_routes(Book& book) {
  for (const Book::Entry& entry : book.entries()) {
    book.router().get(entry.path, [&entry](http::ServerRequest&) -> aio::Coro<http::Response> {
      co_return http::Response(200, entry.make(), entry.type);
    });
  }
  book.router().get("/", [](http::ServerRequest&) -> aio::Coro<http::Response> {
    http::Response response(303);
    response.headers.add("Location", "/index.html");
    co_return response;
  });
}

/// The port is known when the server listens, and the guard needs it: REQUIRES open() before the
/// loop goes on.
class Door {
 public:
  explicit Door(http::Router router) : inner_(std::move(router).handler()) {}

  void open(const Guard& guard) { around_ = guard.middleware(); }

  aio::Coro<http::Response> answer(http::ServerRequest& request) {
    return around_(request, inner_);
  }

 private:
  http::Handler inner_;
  http::Middleware around_;
};

aio::Coro<http::Server> listen(Door& door, std::uint16_t port) {
  http::ServerOptions options;
  options.grace = std::chrono::milliseconds(100);  // streams of events never end
  options.limits.body = 64 * 1024;
  auto answer = [&door](http::ServerRequest& request) { return door.answer(request); };
  co_return co_await http::serve(std::move(answer), "127.0.0.1", port, options);
}

aio::Coro<http::Server> listen_somewhere(Door& door, std::uint16_t port) {
  try {
    co_return co_await listen(door, port);
  } catch (const std::system_error& error) {
    if (port == 0 || error.code().value() != EADDRINUSE) throw;
    std::fprintf(stderr, "Port %d is taken; another one will do.\n", port);
  }
  co_return co_await listen(door, 0);
}

/// Where there is no desktop, nothing happens.
aio::Coro<> open_in_browser(std::string address) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) co_return;
  std::vector<std::string> opens{"xdg-open", std::move(address)};
  try {
    co_await coach::let_go(std::move(opens));
  } catch (const std::exception&) {  // the address has been printed
  }
}

}  // namespace

aio::Coro<> serve(Book& book, std::uint16_t port, bool opens) {
  add_work(book, std::make_shared<Following>(book.desk()));
  add_routes(book);
  Door door(std::move(book.router()));
  http::Server server = co_await listen_somewhere(door, port);
  const Guard guard(new_token(), server.port());
  door.open(guard);
  fmt::print("The book is open at {}\nCtrl-C closes it.\n", guard.address());
  std::fflush(stdout);
  if (opens) co_await open_in_browser(guard.address());
  co_await server.serve_forever();
}

}  // namespace book
