// fix-5b: two want to complete one future; the second finds out before it tries.

#include <chrono>
#include <string>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>

#include "limit.hpp"

aio::Future<std::string> with_limit(aio::EventLoop& loop, const aio::Future<std::string>& answer,
                                    std::chrono::seconds limit) {
  const aio::Future<std::string> limited(loop);
  //: fix-5b now
  aio::TimerHandle timer = loop.call_later(limit, [limited] {
    if (!limited.done()) limited.set_exception(aio::TimeoutError());
  });
  limited.add_done_callback([timer](auto&) { timer.cancel(); });
  answer.add_done_callback([limited](auto& done) {
    if (!limited.done()) copy_outcome(done, limited);
  });
  //: fix-5b was
  // loop.call_later(limit, [limited] { limited.set_exception(aio::TimeoutError()); });
  // answer.add_done_callback([limited](auto& done) { copy_outcome(done, limited); });
  //: fix-5b end
  return limited;
}
