// Says: so it takes an address
#include <aio/support/result.hpp>

void keep(aio::Result<int&>& result, int& value) {
  result.emplace(value);  // here
}
