// Says: -> aio::Coro<>
#include <aio/aio.hpp>

using namespace std::chrono_literals;

auto later() {
  return [] { co_await aio::sleep(1ms); };  // here
}
