// Says: std::string(…) around it
#include <string>
#include <string_view>

#include <aio/aio.hpp>

aio::Coro<std::string> greeting(std::string_view name) {
  co_return name;  // here
}
