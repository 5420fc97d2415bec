// Says: another type than the Coro<…>
#include <aio/aio.hpp>

#include <string>

aio::Coro<int> answer() {
  co_return std::string("42");  // here
}
