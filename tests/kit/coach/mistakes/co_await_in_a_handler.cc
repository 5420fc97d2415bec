// Says: await after the block
#include <exception>

#include <aio/aio.hpp>

aio::Coro<> work();
aio::Coro<> clean_up();

aio::Coro<> answer() {
  try {
    co_await work();
  } catch (const std::exception&) {
    co_await clean_up();  // here
  }
}
