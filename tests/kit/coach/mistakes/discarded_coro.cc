// Says: a Coro does nothing until it is awaited
#include <aio/aio.hpp>

using namespace std::chrono_literals;

aio::Coro<> step();

aio::Coro<> work() {
  step();  // here
  co_await aio::sleep(1ms);
}
