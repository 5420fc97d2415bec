// Handlers of servers, by a compiler that destroys the captures of a temporary lambda twice.
#include <aio/server.hpp>

#include <memory>
#include <string>
#include <utility>

aio::Coro<> nobody(aio::Stream) { co_return; }

aio::Coro<> body(std::shared_ptr<int> shared) {
#if CASE == 1  // refused: give this callable a name before the co_await expression
  aio::Server server = co_await aio::start_server(
      [shared](aio::Stream) -> aio::Coro<> {
        ++*shared;
        co_return;
      },
      "127.0.0.1", 0);
#elif CASE == 2  // refused: give this callable a name before the co_await expression
  aio::Server server = co_await aio::start_unix_server(
      [name = std::string("x")](aio::Stream stream) -> aio::Coro<> {
        co_await stream.write_all(name);
      },
      "path");
#elif CASE == 3  // fine
  auto serve = [shared](aio::Stream) -> aio::Coro<> {
    ++*shared;
    co_return;
  };
  aio::Server server = co_await aio::start_server(serve, "127.0.0.1", 0);
#elif CASE == 4  // fine
  aio::Server server = co_await aio::start_server(
      [&shared](aio::Stream) -> aio::Coro<> {
        ++*shared;
        co_return;
      },
      "127.0.0.1", 0);
#elif CASE == 5  // fine
  aio::Server server = co_await aio::start_server(nobody, "127.0.0.1", 0);
#elif CASE == 6  // fine
  aio::StreamHandler handler = [own = std::make_unique<int>(1)](aio::Stream) -> aio::Coro<> {
    ++*own;
    co_return;
  };
  aio::Server server = co_await aio::start_server(std::move(handler), "127.0.0.1", 0);
#endif
  co_return;
}
