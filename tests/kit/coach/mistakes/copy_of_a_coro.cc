// Says: A Coro cannot be copied
#include <aio/aio.hpp>

aio::Coro<> work();

aio::Task<> start() {
  aio::Coro<> coro = work();
  return aio::create_task(coro);  // here
}
