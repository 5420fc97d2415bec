// The predicate of a condition, by a compiler that destroys some temporaries twice.
#include <aio/condition.hpp>

#include <memory>

aio::Coro<> body(aio::Condition& condition, std::shared_ptr<int> shared) {
#if CASE == 1  // refused: give this callable a name before the co_await expression
  co_await condition.wait_for([shared] { return *shared > 0; });
#elif CASE == 2  // fine
  const auto is_there = [shared] { return *shared > 0; };
  co_await condition.wait_for(is_there);
#elif CASE == 3  // fine
  co_await condition.wait_for([&shared] { return *shared > 0; });
#endif
  co_return;
}
