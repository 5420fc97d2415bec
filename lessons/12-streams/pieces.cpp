// Predict: what does each read return?

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "pair.hpp"

using namespace std::chrono_literals;

namespace {

void got(const std::string& bytes) { std::printf("got %s\n", wire::quoted(bytes).c_str()); }

// [pieces]
aio::Coro<> send(aio::Stream out) {
  for (const char* piece : {"HEL", "LO\nhow are", " you\nby", "e"}) {
    std::printf("send %s\n", wire::quoted(piece).c_str());
    out.write(piece);
    co_await aio::sleep(1s);
  }
}

aio::Coro<> receive(aio::Stream in) {
  got(co_await in.read(100));
  got(co_await in.read_line());
  got(co_await in.read_exactly(3));
  got(co_await in.read_line());
  try {
    got(co_await in.read_exactly(5));
  } catch (const aio::IncompleteReadError& error) {
    got(error.partial + "...");
  }
  got(co_await in.read(100));
}
// [/pieces]

aio::Coro<> talk() {
  auto [here, there] = wire::pair();
  const auto sending = aio::create_task(send(std::move(here)));
  co_await receive(std::move(there));
}

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(talk(), {.clock = &clock});
}
