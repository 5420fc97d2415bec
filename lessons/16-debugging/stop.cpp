// A server that is told to end while it serves three clients. It sends itself the signal.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

#include <signal.h>

#include <aio/coro.hpp>
#include <aio/server.hpp>
#include <aio/signals.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

using namespace std::chrono_literals;

namespace {

aio::Coro<> answer(aio::Stream client) {
  const std::string request = co_await client.read_line();
  co_await aio::sleep(std::chrono::milliseconds(std::stoi(request)));
  co_await client.write_all("done\n");
}

// [recipe]
aio::Coro<> until_told_to_end(aio::Server& server) {
  const int number = co_await aio::stop_signal();
  std::printf("signal %d: nobody is let in any more\n", number);
  for (const std::string& handler : co_await server.shutdown(1s)) {
    std::printf("not finished: %s\n", handler.c_str());
  }
}
// [/recipe]

aio::Coro<> ask(std::uint16_t port, int milliseconds) {
  aio::Stream server = co_await aio::open_connection("localhost", port);
  try {
    co_await server.write_all(std::to_string(milliseconds) + "\n");
    std::string line = co_await server.read_line();
    if (line.ends_with('\n')) line.pop_back();
    std::printf("%d ms: %s\n", milliseconds, line.c_str());
  } catch (const std::exception&) {
    std::printf("%d ms: cut off\n", milliseconds);
  }
}

aio::Coro<> program() {
  aio::Server server = co_await aio::start_server(answer, "localhost", 0);
  const std::uint16_t port = server.port();
  auto all = [&](aio::TaskGroup& group) -> aio::Coro<> {
    for (const int takes : {200, 500, 60'000}) group.create_task(ask(port, takes));
    group.create_task(until_told_to_end(server));
    co_await aio::sleep(100ms);
    ::raise(SIGTERM);
  };
  co_await aio::task_group(all);
}

}  // namespace

int main() { aio::run(program()); }
