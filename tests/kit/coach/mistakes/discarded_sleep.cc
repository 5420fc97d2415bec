// Says: waits only when it is awaited
#include <aio/aio.hpp>

using namespace std::chrono_literals;

aio::Coro<> work() {
  aio::sleep(1ms);  // here
  co_await aio::sleep(2ms);
}
