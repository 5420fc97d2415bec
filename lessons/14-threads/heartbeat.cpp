// A server whose handler works for a while, and a heartbeat on the same loop: with the work in the
// handler, and with the work on a thread.

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "beat.hpp"

namespace {

using lesson::stretch;

// [naive]
aio::Coro<> log_in(aio::Stream client) {
  const std::string password = co_await client.read_line();
  const std::uint64_t print = stretch(password);  // takes a while, on purpose
  co_await client.write_all(std::to_string(print) + "\n");
}
// [/naive]

// [thread]
aio::Coro<> log_in_beside(aio::Stream client) {
  std::string password = co_await client.read_line();
  const std::uint64_t print = co_await aio::to_thread(stretch, std::move(password));
  co_await client.write_all(std::to_string(print) + "\n");
}
// [/thread]

aio::Coro<> ask(std::uint16_t port, int number) {
  aio::Stream server = co_await aio::open_connection("localhost", port);
  server.write("password " + std::to_string(number) + "\n");
  co_await server.read_line();
}

aio::Coro<> eight_log_in(const char* where, aio::Coro<> (*handler)(aio::Stream)) {
  aio::Server server = co_await aio::start_server(handler, "localhost", 0);
  lesson::Gaps gaps;
  const aio::Task<> heart = aio::create_task(lesson::beat(gaps));
  std::vector<aio::Task<>> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(aio::create_task(ask(server.port(), i)));
  co_await aio::gather(clients);
  heart.cancel();
  server.close();
  co_await server.wait_closed();
  std::printf("%-15s p99 of a heartbeat: %5.1f intervals\n", where, lesson::p99(gaps));
}

aio::Coro<> compare() {
  co_await eight_log_in("in the handler", log_in);
  co_await eight_log_in("on a thread", log_in_beside);
}

}  // namespace

int main() { aio::run(compare()); }
