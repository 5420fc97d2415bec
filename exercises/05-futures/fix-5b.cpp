// Exercise fix-5b. Check it with: ./learn check fix-5b
// fix-5b: two want to complete one future; the second finds out before it tries.

#include <chrono>
#include <string>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>

#include "limit.hpp"

aio::Future<std::string> with_limit(aio::EventLoop& loop, const aio::Future<std::string>& answer,
                                    std::chrono::seconds limit) {
  const aio::Future<std::string> limited(loop);
  loop.call_later(limit, [limited] { limited.set_exception(aio::TimeoutError()); });
  answer.add_done_callback([limited](auto& done) { copy_outcome(done, limited); });
  return limited;
}
