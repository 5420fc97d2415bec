// Says: co_await is missing
#include <string>

#include <aio/aio.hpp>

aio::Coro<std::string> read();

aio::Coro<std::size_t> count() {
  co_return read().size();  // here
}
